package dev.voiceledger.ledger;

import dev.voiceledger.ledger.LedgerUnavailable.Reason;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.impl.ContextInternal;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jboss.logging.Logger;

/**
 * Writes groups over one connection and answers everybody in them, whatever happens: again where it
 * met another transaction or lost its connection, in halves where something in it is refused. To be
 * used from one event loop, one group at a time.
 */
final class GroupWriter<E, R> {
  private static final int TRIES_MAX = 4;
  private static final int TRIES_TOGETHER_MAX = 2;
  private static final long COMMIT_TIMEOUT_MS = 4_000;

  /** Less than a commit has, so that whoever gives up an opening knows of it and closes it. */
  private static final long OPEN_TIMEOUT_MS = 2_500;

  private static final long AWAY_MS = 250;
  private static final long JITTER_MS = 20;
  private static final Logger LOG = Logger.getLogger(GroupWriter.class);

  private final Kind<E, R> kind;
  private final ContextInternal context;
  private final GroupConnection.Address address;
  private final LedgerMetrics metrics;
  private final Runnable committed;
  private volatile long awayUntil = System.nanoTime();
  private final BlockedCalls blocked = new BlockedCalls();
  private GroupConnection connection;

  GroupWriter(
      Kind<E, R> kind,
      ContextInternal context,
      GroupConnection.Address address,
      LedgerMetrics metrics,
      Runnable committed) {
    this.kind = kind;
    this.context = context;
    this.address = address;
    this.metrics = metrics;
    this.committed = committed;
  }

  /** From any thread: whether no connection was to be had a moment ago. */
  boolean isAway() {
    return awayUntil - System.nanoTime() > 0;
  }

  /** From any thread: whether somebody else holds the rows of the entry's call. */
  boolean isBlocked(E entry) {
    return blocked.isBlocked(kind.callId(entry));
  }

  /** Takes leave of the database; to be called when nothing is under way any more. */
  Future<Void> close() {
    return connection == null ? Future.succeededFuture() : connection.close();
  }

  /** Completes when every one of the group has its answer; never fails. */
  Future<Void> write(List<Waiting<E, R>> group) {
    return write(group, 1);
  }

  private Future<Void> write(List<Waiting<E, R>> group, int attempt) {
    long start = System.nanoTime();
    return connected()
        .compose(open -> open.commit(kind, group.stream().map(Waiting::entry).toList()))
        .timeout(COMMIT_TIMEOUT_MS, TimeUnit.MILLISECONDS)
        .compose(results -> {
          metrics.committed(group.size(), System.nanoTime() - start);
          committed.run();
          return answer(group, results);
        })
        .recover(failure -> recover(group, attempt, failure));
  }

  private Future<GroupConnection> connected() {
    if (connection != null) {
      // Of this context, so that what follows, timeouts too, stays on the lane's event loop.
      return context.succeededFuture(connection);
    }
    Future<GroupConnection> opening =
        GroupConnection.open(context.owner(), address, kind.statements());
    return opening
        .timeout(OPEN_TIMEOUT_MS, TimeUnit.MILLISECONDS)
        .onSuccess(this::use)
        .onFailure(why -> {
          LOG.errorf("no connection to the database: %s", Failure.reason(why));
          opening.onSuccess(GroupConnection::close); // it came too late, and has a successor
        })
        .recover(why -> Future.failedFuture(away()));
  }

  private void use(GroupConnection opened) {
    connection = opened;
    opened.onClose(() -> {
      if (connection == opened) {
        connection = null;
      }
    });
  }

  private void disconnect() {
    if (connection != null) {
      connection.close();
      connection = null;
    }
  }

  private Future<Void> answer(List<Waiting<E, R>> group, List<R> results) {
    for (int i = 0; i < group.size(); i++) {
      group.get(i).promise().tryComplete(results.get(i));
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
      case TROUBLE -> apart(group, failure);
    };
  }

  /** What one call's rows alone provoke is not to cost the others of its group their answer. */
  private Future<Void> apart(List<Waiting<E, R>> group, Throwable failure) {
    return group.size() == 1 || group.stream().anyMatch(Waiting::late)
        ? giveUp(group, failure)
        : halves(group, 1);
  }

  /**
   * Once more as it is; then in halves, so that one locked call costs the others little. A key that
   * is still taken after all tries is no race, but something that the one left alone says.
   */
  private Future<Void> again(List<Waiting<E, R>> group, int attempt, Throwable failure) {
    if (group.stream().anyMatch(Waiting::late)) {
      return giveUp(group, failure);
    }
    if (group.size() > 1 && attempt >= TRIES_TOGETHER_MAX) {
      return halves(group, attempt);
    }
    if (attempt < TRIES_MAX) {
      return later(group, attempt);
    }
    return Failure.isTakenKey(failure) ? split(group, failure) : giveUp(group, failure);
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
      poison.promise().tryFail(refused());
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
    disconnect();
    return failure instanceof TimeoutException ? goAway(group) : write(group, attempt + 1);
  }

  /** Whoever comes in the next moment is told at once; {@link Lane} tells whoever waits. */
  private Future<Void> goAway(List<Waiting<E, R>> group) {
    awayUntil = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(AWAY_MS);
    group.forEach(one -> one.promise().tryFail(away()));
    return Future.succeededFuture();
  }

  private Future<Void> giveUp(List<Waiting<E, R>> group, Throwable failure) {
    LOG.errorf("a group of %d was not written: %s", group.size(), Failure.reason(failure));
    if (Failure.of(failure) != Failure.CONFLICT) {
      disconnect(); // whatever is wrong may be wrong with this connection
    } else if (group.size() == 1) {
      blocked.block(kind.callId(group.getFirst().entry()));
    }
    group.forEach(one -> one.promise().tryFail(trouble()));
    return Future.succeededFuture();
  }

  private static LedgerUnavailable refused() {
    return new LedgerUnavailable(Reason.REFUSED, "the database does not take these values");
  }

  static LedgerUnavailable trouble() {
    return new LedgerUnavailable(Reason.DATABASE_TROUBLE, "the ledger cannot write now");
  }

  static LedgerUnavailable away() {
    return new LedgerUnavailable(Reason.DATABASE_AWAY, "the database is away");
  }
}
