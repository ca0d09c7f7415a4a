package dev.voiceledger.reconcile;

import com.fasterxml.jackson.databind.JsonNode;
import dev.voiceledger.livekit.Listings;
import dev.voiceledger.livekit.LiveKitFailure;
import dev.voiceledger.reconcile.NewsStore.News;
import dev.voiceledger.reconcile.RowsStore.OpenRecording;
import dev.voiceledger.webhook.Finding;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;

/**
 * Recordings against LiveKit's egresses: those under way, and by their ids those that the rows take
 * for unfinished. A LiveKit without Redis has none and answers with an error; it is asked rarely.
 */
final class Egresses {
  private static final Duration ASK_AGAIN = Duration.ofMinutes(10);
  private static final Logger LOG = Logger.getLogger(Egresses.class);

  private final Listings listings;
  private final NewsStore news;
  private final RowsStore rows;
  private long silentUntil = System.nanoTime();
  private boolean told;
  private String lastAsked = "";
  private final Missing<String> missing;

  Egresses(Listings listings, NewsStore news, RowsStore rows, Duration grace) {
    this.missing = new Missing<>(grace);
    this.listings = listings;
    this.news = news;
    this.rows = rows;
  }

  void forgetDoubts() {
    missing.clear();
  }

  /**
   * What the rows do not know; nothing where LiveKit has no egresses, or does not list them now.
   */
  List<Finding> compare(PassClock clock) {
    if (silentUntil - System.nanoTime() > 0) {
      return List.of();
    }
    try {
      List<Finding> found = news(clock);
      told = false;
      return found;
    } catch (LiveKitFailure failure) {
      // It has just listed its rooms: an error of its own says that there is no egress.
      if (failure.isItsOwn()) {
        silentUntil = System.nanoTime() + ASK_AGAIN.toNanos();
      }
      LOG.logf(
          told ? Logger.Level.DEBUG : Logger.Level.INFO,
          "LiveKit lists no egresses; asked again %s: %s",
          failure.isItsOwn() ? "in " + ASK_AGAIN.toMinutes() + " minutes" : "the next time",
          failure.getMessage());
      told = true;
      return List.of();
    }
  }

  private List<Finding> news(PassClock clock) {
    Instant at = clock.now();
    List<Finding> listed = new ArrayList<>();
    Waiting.on(listings::activeEgresses).forEach(egress -> add(listed, at, egress));
    Set<String> active =
        listed.stream()
            .map(finding -> finding.facts().recording().egressId())
            .collect(Collectors.toSet());
    List<Finding> findings = new ArrayList<>();
    List<OpenRecording> open = nextOpen();
    for (int i = 0; i < open.size() && clock.hasTime(); i++) {
      lastAsked = open.get(i).egressId();
      if (!active.contains(lastAsked)) {
        ask(open.get(i), at, listed, findings);
      }
    }
    Waiting.on(() -> news.ofEgresses(listed)).stream().map(News::finding).forEach(findings::add);
    return findings;
  }

  private void ask(OpenRecording open, Instant at, List<Finding> listed, List<Finding> gone) {
    List<JsonNode> known = Waiting.on(() -> listings.egress(open.egressId()));
    known.forEach(egress -> add(listed, at, egress));
    if (!known.isEmpty()) {
      missing.found(open.egressId());
    } else if (open.isLate() && missing.miss(open.egressId(), at, Instant.EPOCH)) {
      gone.add(Finding.egressGone(at, open.roomSid(), open.egressId()));
      missing.found(open.egressId());
    }
  }

  /** Some in each pass, all of them in turn. */
  private List<OpenRecording> nextOpen() {
    String after = lastAsked;
    List<OpenRecording> open = Waiting.on(() -> rows.openRecordings(after));
    if (!open.isEmpty() || after.isEmpty()) {
      return open;
    }
    lastAsked = "";
    return Waiting.on(() -> rows.openRecordings(""));
  }

  /** An egress of no room, such as one of a web page, belongs to no call. */
  private static void add(List<Finding> listed, Instant at, JsonNode egress) {
    if (egress.path("room_id").asText().isEmpty()) {
      return;
    }
    try {
      listed.add(Finding.egressListed(at, egress));
    } catch (IllegalArgumentException unreadable) {
      LOG.debugf("an egress that cannot be read: %s", unreadable.getMessage());
    }
  }
}
