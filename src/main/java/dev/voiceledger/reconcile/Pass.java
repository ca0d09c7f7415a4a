package dev.voiceledger.reconcile;

import com.fasterxml.jackson.databind.JsonNode;
import dev.voiceledger.call.RoomSid;
import dev.voiceledger.ledger.Ledger;
import dev.voiceledger.ledger.Outcome;
import dev.voiceledger.livekit.Listings;
import dev.voiceledger.livekit.LiveKitFailure;
import dev.voiceledger.reconcile.RowsStore.OpenCall;
import dev.voiceledger.reconcile.TurnStore.Beginning;
import dev.voiceledger.webhook.Finding;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jboss.logging.Logger;

/**
 * One comparison of the rows with LiveKit, by a thread that may wait. What it finds goes through
 * the ledger as webhooks do, rooms first; what failed half-way is found again the next time.
 */
final class Pass {
  private static final int TOGETHER_MAX = 64;
  private static final int REFUSED_MAX = 1_000;
  private static final Logger LOG = Logger.getLogger(Pass.class);

  private final UUID holder;
  private final Sources sources;
  private final Duration budget;
  private final Rooms rooms;
  private final People people;
  private final Egresses egresses;
  private final Set<UUID> refused = new HashSet<>();

  /** Where a pass reads and writes. */
  record Sources(
      Listings listings,
      TurnStore turns,
      RowsStore rows,
      NewsStore news,
      Ledger ledger,
      ReconcilerMetrics metrics) {}

  /**
   * @param holder of the turn
   * @param grace between two listings that lack what is then gone
   * @param budget how long a pass may take
   */
  Pass(UUID holder, Sources sources, Duration grace, Duration budget) {
    this.holder = holder;
    this.sources = sources;
    this.budget = budget;
    this.rooms = new Rooms(sources.news(), sources.rows(), grace);
    this.people = new People(sources.listings(), sources.news(), sources.rows(), grace);
    this.egresses = new Egresses(sources.listings(), sources.news(), sources.rows());
  }

  /** Whether something was missing that a second look will find gone or there. */
  boolean doubts() {
    return rooms.doubts() || people.doubts();
  }

  /**
   * Compares.
   *
   * @return how many findings were written
   * @throws LiveKitFailure where LiveKit did not answer, or not as it must
   */
  int run() throws InterruptedException {
    try {
      return compared();
    } catch (LiveKitFailure failure) {
      rooms.forgetDoubts();
      people.forgetDoubts();
      throw failure;
    }
  }

  private int compared() throws InterruptedException {
    Beginning beginning = Waiting.on(sources.turns()::begin);
    Memory memory = beginning.memory();
    PassClock clock = new PassClock(beginning.at(), budget);
    List<OpenCall> open = Waiting.on(sources.rows()::openCalls);
    RoomListing listing = RoomListing.of(sources.listings(), open);
    int written = write(rooms.compare(beginning.at(), open, listing, memory));
    try {
      Collection<JsonNode> live = listing.rooms().values();
      written += write(people.compare(clock, people.next(live, memory), memory));
    } finally {
      memory.keep(known(open, listing));
      Waiting.on(() -> sources.turns().remember(holder, memory));
    }
    return written + write(egresses.compare(clock));
  }

  private static Set<UUID> known(List<OpenCall> open, RoomListing listing) {
    Set<UUID> known = new HashSet<>();
    open.forEach(call -> known.add(call.id()));
    listing.rooms().keySet().forEach(sid -> known.add(RoomSid.callId(sid)));
    return known;
  }

  private int write(List<Finding> found) throws InterruptedException {
    List<Finding> findings =
        found.stream().filter(one -> !refused.contains(one.facts().call().id())).toList();
    for (int i = 0; i < findings.size(); i += TOGETHER_MAX) {
      List<Finding> some = findings.subList(i, Math.min(findings.size(), i + TOGETHER_MAX));
      List<Future<Outcome>> written =
          some.stream().map(finding -> sources.ledger().admit(finding.entry())).toList();
      Waiting.on(Future.all(written));
      for (int one = 0; one < some.size(); one++) {
        written(some.get(one), written.get(one).result());
      }
    }
    return findings.size();
  }

  /** What the database refuses for its content would be found, and kept as failed, for ever. */
  private void written(Finding finding, Outcome outcome) {
    sources.metrics().repaired(finding.name());
    if (outcome == Outcome.FAILED && refused.size() < REFUSED_MAX) {
      refused.add(finding.facts().call().id());
    }
    LOG.debugf(
        "%s roomSid=%s result=%s", finding.name(), finding.facts().call().roomSid(), outcome);
  }
}
