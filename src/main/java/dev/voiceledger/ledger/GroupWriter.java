package dev.voiceledger.ledger;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.impl.ContextInternal;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;

/**
 * Writes groups over one connection and answers everybody in them, whatever happens: again where it
 * met another transaction or lost its connection, in halves where something in it is refused, call
 * by call where it took too long, behind the others where a table is locked. One group at a time.
 */
final class GroupWriter<E, R> {
  private static final int TRIES_MAX = 4;
  private static final int TRIES_TOGETHER_MAX = 2;
  private static final long COMMIT_TIMEOUT_MS = 4_000;
  private static final long AWAY_MS = 250;
  private static final long LOCKED_MS = 1_000;

  /** LiveKit comes again after 1, 2, 4 and 8 s: once at least when this is over. */
  private static final long SLOW_MS = 5_000;

  private static final long SUSPECT_MS = 20_000;
  private static final long JITTER_MS = 20;
  private static final Logger LOG = Logger.getLogger(GroupWriter.class);

  private final Kind<E, R> kind;
  private final ContextInternal context;
  private final LedgerMetrics metrics;
  private final Runnable committed;

  /** The end of the lane's queue, for whoever is to be tried once more when all others were. */
  private final Consumer<Waiting<E, R>> behind;

  private volatile long awayUntil = System.nanoTime();

  /** Calls that cost their lane too much a moment ago: what comes of them is refused at once. */
  private final MarkedCalls blocked = new MarkedCalls();

  /** Calls of a group that took too long, or whose table was locked: each is written alone. */
  private final MarkedCalls suspects = new MarkedCalls();

  private final LaneConnection connection;

  GroupWriter(
      Kind<E, R> kind,
      ContextInternal context,
      GroupConnection.Address address,
      LedgerMetrics metrics,
      Runnable committed,
      Consumer<Waiting<E, R>> behind) {
    this.kind = kind;
    this.context = context;
    this.connection = new LaneConnection(context, address, kind.statements());
    this.metrics = metrics;
    this.committed = committed;
    this.behind = behind;
  }

  /** From any thread: whether no connection was to be had a moment ago. */
  boolean isAway() {
    return awayUntil - System.nanoTime() > 0;
  }

  /** From any thread: whether the entry's call is locked by somebody, or slow. */
  boolean isBlocked(E entry) {
    return blocked.has(kind.callId(entry));
  }

  /** Takes leave of the database; to be called when nothing is under way any more. */
  Future<Void> close() {
    return connection.close();
  }

  /** Completes when every one of the group has its answer; never fails. */
  Future<Void> write(List<Waiting<E, R>> group) {
    Map<Boolean, List<Waiting<E, R>>> parts =
        group.stream().collect(Collectors.partitioningBy(this::isSuspect));
    List<Waiting<E, R>> innocent = parts.get(false);
    return (innocent.isEmpty() ? context.<Void>succeededFuture() : write(innocent, 1))
        .compose(done -> alone(parts.get(true)));
  }

  private boolean isSuspect(Waiting<E, R> one) {
    return suspects.has(kind.callId(one.entry()));
  }

  /** Each call by itself, as long as it is any use to whoever waits. */
  private Future<Void> alone(List<Waiting<E, R>> group) {
    Future<Void> written = context.succeededFuture();
    for (List<Waiting<E, R>> call : Waiting.byCall(kind, group)) {
      written = written.compose(done -> call.getFirst().tooLate() ? fail(call) : write(call, 1));
    }
    return written;
  }

  private Future<Void> write(List<Waiting<E, R>> group, int attempt) {
    long start = System.nanoTime();
    return connection
        .opened()
        .compose(open -> commit(open, group))
        .timeout(COMMIT_TIMEOUT_MS, TimeUnit.MILLISECONDS)
        .compose(results -> {
          metrics.committed(group.size(), System.nanoTime() - start);
          committed.run();
          return answer(group, results);
        })
        .recover(failure -> recover(group, attempt, failure));
  }

  private Future<List<R>> commit(GroupConnection open, List<Waiting<E, R>> group) {
    List<E> entries = group.stream().map(Waiting::entry).toList();
    return isSuspect(group.getFirst())
        ? open.commitBriefly(kind, entries)
        : open.commit(kind, entries);
  }

  private Future<Void> answer(List<Waiting<E, R>> group, List<R> results) {
    for (int i = 0; i < group.size(); i++) {
      group.get(i).promise().tryComplete(results.get(i));
      suspects.unmark(kind.callId(group.get(i).entry()));
    }
    return Future.succeededFuture();
  }

  private Future<Void> recover(List<Waiting<E, R>> group, int attempt, Throwable failure) {
    metrics.failedGroup(failure);
    boolean tooLong = kind.refusesTooLong() && Failure.isTooLong(failure);
    return switch (tooLong ? Failure.CONTENT : Failure.of(failure)) {
      case CONTENT -> split(group, failure);
      case CONFLICT -> again(group, attempt, failure);
      case CONNECTION -> attempt < TRIES_MAX ? reconnect(group, attempt, failure) : goAway(group);
      case AWAY -> goAway(group);
      case SLOW -> slow(group, failure);
      case TROUBLE -> apart(group, failure);
    };
  }

  /** Whose call it was is found out at once, although all of the group have waited long. */
  private Future<Void> slow(List<Waiting<E, R>> group, Throwable failure) {
    group.forEach(one -> suspects.mark(kind.callId(one.entry()), SUSPECT_MS));
    return Waiting.byCall(kind, group).size() == 1 ? giveUp(group, failure, SLOW_MS) : alone(group);
  }

  /** What one call's rows alone provoke is not to cost the others of its group their answer. */
  private Future<Void> apart(List<Waiting<E, R>> group, Throwable failure) {
    return group.size() == 1 || group.stream().anyMatch(Waiting::late)
        ? giveUp(group, failure, LOCKED_MS)
        : halves(group, 1);
  }

  /**
   * Once more as it is; then in halves, so that one locked call costs the others little. A key that
   * is still taken after all tries is no race, but something that the one left alone says.
   */
  private Future<Void> again(List<Waiting<E, R>> group, int attempt, Throwable failure) {
    if (group.stream().anyMatch(Waiting::late)) {
      return giveUp(group, failure, LOCKED_MS);
    }
    if (group.size() > 1 && attempt >= TRIES_TOGETHER_MAX) {
      return halves(group, attempt);
    }
    if (attempt < TRIES_MAX) {
      return later(group, attempt);
    }
    if (Failure.isTakenKey(failure)) {
      return split(group, failure);
    }
    return Failure.isOfLockedTable(failure) ? putBehind(group) : giveUp(group, failure, LOCKED_MS);
  }

  /**
   * A migration has the table for a moment: nothing that waits is any better off, and what comes of
   * other tables goes first. {@link Lane} tells those who have waited too long.
   */
  private Future<Void> putBehind(List<Waiting<E, R>> group) {
    group.forEach(one -> {
      suspects.mark(kind.callId(one.entry()), SUSPECT_MS);
      behind.accept(one);
    });
    return context.succeededFuture();
  }

  /** Halves of what failed, down to the one that is refused alone: it is kept as such, or told. */
  private Future<Void> split(List<Waiting<E, R>> group, Throwable failure) {
    if (group.size() > 1) {
      return halves(group, 1);
    }
    Waiting<E, R> poison = group.getFirst();
    Optional<E> kept = kind.refused(poison.entry(), Failure.reason(failure));
    if (kept.isEmpty()) {
      LOG.warnf("refused: %s %s", kind.label(poison.entry()), Failure.reason(failure));
      poison.promise().tryFail(LedgerUnavailable.refused());
      return Future.succeededFuture();
    }
    LOG.warnf("kept without effect: %s %s", kind.label(poison.entry()), Failure.reason(failure));
    return write(List.of(poison.as(kept.get())), 1);
  }

  private Future<Void> halves(List<Waiting<E, R>> group, int attempt) {
    int half = group.size() / 2;
    return write(group.subList(0, half), attempt)
        .compose(done -> write(group.subList(half, group.size()), attempt));
  }

  private Future<Void> later(List<Waiting<E, R>> group, int attempt) {
    Promise<Void> pause = Promise.promise();
    context.setTimer(
        1 + ThreadLocalRandom.current().nextLong(JITTER_MS * attempt), t -> pause.complete());
    return pause.future().compose(done -> write(group, attempt + 1));
  }

  /** A connection may have died of itself; one that does not answer in time is given up. */
  private Future<Void> reconnect(List<Waiting<E, R>> group, int attempt, Throwable failure) {
    connection.giveUp();
    return failure instanceof TimeoutException ? goAway(group) : write(group, attempt + 1);
  }

  /** Whoever comes in the next moment is told at once; {@link Lane} tells whoever waits. */
  private Future<Void> goAway(List<Waiting<E, R>> group) {
    awayUntil = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(AWAY_MS);
    group.forEach(one -> one.promise().tryFail(LedgerUnavailable.away()));
    return Future.succeededFuture();
  }

  private Future<Void> giveUp(List<Waiting<E, R>> group, Throwable failure, long blockedMs) {
    LOG.errorf("a group of %d was not written: %s", group.size(), Failure.reason(failure));
    Failure what = Failure.of(failure);
    if (what != Failure.CONFLICT) {
      connection.giveUp(); // whatever is wrong may be wrong with this connection
    }
    if (what == Failure.SLOW || what == Failure.CONFLICT && group.size() == 1) {
      blocked.mark(kind.callId(group.getFirst().entry()), blockedMs);
    }
    return fail(group);
  }

  private Future<Void> fail(List<Waiting<E, R>> group) {
    group.forEach(one -> one.promise().tryFail(LedgerUnavailable.trouble()));
    return Future.succeededFuture();
  }
}
