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

  Egresses(Listings listings, NewsStore news, RowsStore rows) {
    this.listings = listings;
    this.news = news;
    this.rows = rows;
  }

  /** What the rows do not know; nothing where LiveKit has no egresses. */
  List<Finding> compare(PassClock clock) {
    if (silentUntil - System.nanoTime() > 0) {
      return List.of();
    }
    try {
      return news(clock);
    } catch (LiveKitFailure failure) {
      silentUntil = System.nanoTime() + ASK_AGAIN.toNanos();
      LOG.logf(
          told ? Logger.Level.DEBUG : Logger.Level.INFO,
          "LiveKit lists no egresses; asked again in %d minutes: %s",
          ASK_AGAIN.toMinutes(),
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
    for (OpenRecording open : nextOpen()) {
      if (!active.contains(open.egressId()) && clock.hasTime()) {
        ask(open, at, listed, findings);
      }
    }
    Waiting.on(() -> news.ofEgresses(listed)).stream().map(News::finding).forEach(findings::add);
    return findings;
  }

  private void ask(OpenRecording open, Instant at, List<Finding> listed, List<Finding> gone) {
    List<JsonNode> known = Waiting.on(() -> listings.egress(open.egressId()));
    known.forEach(egress -> add(listed, at, egress));
    if (known.isEmpty() && open.isLate()) {
      gone.add(Finding.egressGone(at, open.roomSid(), open.egressId()));
    }
  }

  /** Some in each pass, all of them in turn. */
  private List<OpenRecording> nextOpen() {
    String after = lastAsked;
    List<OpenRecording> open = Waiting.on(() -> rows.openRecordings(after));
    lastAsked = open.size() < RowsStore.RECORDINGS_MAX ? "" : open.getLast().egressId();
    return open;
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
