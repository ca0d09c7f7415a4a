package dev.voiceledger.reconcile;

import dev.voiceledger.call.RoomSid;
import dev.voiceledger.ledger.Entry;
import dev.voiceledger.ledger.Ledger;
import dev.voiceledger.ledger.LedgerUnavailable;
import dev.voiceledger.ledger.Outcome;
import dev.voiceledger.livekit.Listings;
import dev.voiceledger.livekit.LiveKitFailure;
import dev.voiceledger.reconcile.RowsStore.OpenCall;
import dev.voiceledger.reconcile.TurnStore.Beginning;
import dev.voiceledger.webhook.Finding;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jboss.logging.Logger;

/**
 * One comparison of the rows with LiveKit, by a thread that may wait. What it finds goes through
 * the ledger as webhooks do, rooms first; what failed half-way is found again the next time.
 */
final class Pass {
  private static final int TOGETHER_MAX = 64;
  private static final int TOGETHER_BYTES_MAX = 1 << 20;
  private static final int REFUSED_MAX = 1_000;
  private static final Logger LOG = Logger.getLogger(Pass.class);

  private final UUID holder;
  private final Sources sources;
  private final Duration budget;
  private final Rooms rooms;
  private final People people;
  private final Egresses egresses;
  private final Set<String> refused = new HashSet<>();
  private LedgerUnavailable unwritten;

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
    this.egresses = new Egresses(sources.listings(), sources.news(), sources.rows(), grace);
  }

  /** Whether something was missing that a second look will find gone or there. */
  boolean doubts() {
    return rooms.doubts() || people.doubts();
  }

  /** What was missing once was so for whoever had the turn: it is to be missing twice again. */
  void forgetDoubts() {
    rooms.forgetDoubts();
    people.forgetDoubts();
    egresses.forgetDoubts();
  }

  /**
   * Compares.
   *
   * @return how many findings were written
   * @throws LiveKitFailure where LiveKit did not answer, or not as it must
   * @throws LedgerUnavailable where something that was found could not be written
   */
  int run() throws InterruptedException {
    unwritten = null;
    Beginning beginning = Waiting.on(sources.turns()::begin);
    Memory memory = beginning.memory();
    PassClock clock = new PassClock(beginning.at(), budget);
    List<OpenCall> open = Waiting.on(sources.rows()::openCalls);
    RoomListing listing = listing(open);
    int written = write(rooms.compare(beginning.at(), open, listing, memory));
    LiveKitFailure met = null;
    try {
      written += people.compare(clock, people.next(listing.rooms(), memory), memory, this::write);
    } catch (LiveKitFailure failure) {
      met = failure; // egresses are asked for elsewhere
    }
    memory.keep(known(open, listing));
    Waiting.on(() -> sources.turns().remember(holder, memory));
    written += write(egresses.compare(new PassClock(clock.now(), budget.dividedBy(4))));
    throwIfPresent(met);
    throwIfPresent(unwritten);
    return written;
  }

  private static void throwIfPresent(RuntimeException failure) {
    if (failure != null) {
      throw failure;
    }
  }

  private RoomListing listing(List<OpenCall> open) {
    try {
      return RoomListing.of(sources.listings(), open);
    } catch (LiveKitFailure failure) {
      forgetDoubts();
      throw failure;
    }
  }

  private static Set<UUID> known(List<OpenCall> open, RoomListing listing) {
    Set<UUID> known = new HashSet<>();
    open.forEach(call -> known.add(call.id()));
    listing.sids().forEach(sid -> known.add(RoomSid.callId(sid)));
    return known;
  }

  /** Some at a time, by number and by length, for the ledger keeps them until they are written. */
  private int write(List<Finding> findings) throws InterruptedException {
    int written = 0;
    int bytes = 0;
    Map<Finding, Future<Outcome>> some = new LinkedHashMap<>();
    for (Finding finding : findings) {
      if (!refused.contains(finding.subject())) {
        Entry entry = finding.entry();
        bytes += entry.inbox().body().length;
        some.put(finding, sources.ledger().admit(entry));
      }
      if (some.size() == TOGETHER_MAX || bytes >= TOGETHER_BYTES_MAX) {
        written += settled(some);
        some.clear();
        bytes = 0;
      }
    }
    return written + settled(some);
  }

  /** A call whose rows somebody holds costs the others nothing: it is found again. */
  private int settled(Map<Finding, Future<Outcome>> some) throws InterruptedException {
    Waiting.on(Future.join(List.copyOf(some.values())).otherwiseEmpty());
    int written = 0;
    for (Map.Entry<Finding, Future<Outcome>> one : some.entrySet()) {
      if (one.getValue().succeeded()) {
        written++;
        written(one.getKey(), one.getValue().result());
      } else if (one.getValue().cause() instanceof LedgerUnavailable away) {
        unwritten = away;
      } else {
        throw new IllegalStateException(one.getValue().cause());
      }
    }
    return written;
  }

  /** What the database refuses for its content would be found, and kept as failed, for ever. */
  private void written(Finding finding, Outcome outcome) {
    if (outcome == Outcome.APPLIED) {
      sources.metrics().repaired(finding.name());
    }
    if (outcome == Outcome.FAILED && refused.size() < REFUSED_MAX) {
      refused.add(finding.subject());
    }
    LOG.debugf(
        "%s roomSid=%s result=%s", finding.name(), finding.facts().call().roomSid(), outcome);
  }
}
