package dev.voiceledger.ledger;

import dev.voiceledger.ledger.LedgerUnavailable.Reason;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.impl.ContextInternal;
import io.vertx.pgclient.PgConnectOptions;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jboss.logging.Logger;

/**
 * Writes groups over one connection and answers everybody in them, whatever happens: again where it
 * met another transaction or lost its connection, in halves where something in it is refused. To be
 * used from one event loop, one group at a time.
 */
final class GroupWriter {
  private static final int TRIES_MAX = 4;
  private static final int TRIES_TOGETHER_MAX = 2;
  private static final long COMMIT_TIMEOUT_MS = 4_000;

  /** Less than a commit has, so that whoever gives up an opening knows of it and closes it. */
  private static final long OPEN_TIMEOUT_MS = 2_500;

  private static final long AWAY_MS = 250;
  private static final long JITTER_MS = 20;
  private static final Logger LOG = Logger.getLogger(GroupWriter.class);

  private final ContextInternal context;
  private final PgConnectOptions options;
  private final LedgerMetrics metrics;
  private volatile long awayUntil = System.nanoTime();
  private final BlockedCalls blocked = new BlockedCalls();
  private GroupConnection connection;

  GroupWriter(ContextInternal context, PgConnectOptions options, LedgerMetrics metrics) {
    this.context = context;
    this.options = options;
    this.metrics = metrics;
  }

  /** From any thread: whether no connection was to be had a moment ago. */
  boolean isAway() {
    return awayUntil - System.nanoTime() > 0;
  }

  /** From any thread: whether somebody else holds the rows of the entry's call. */
  boolean isBlocked(Entry entry) {
    return blocked.isBlocked(entry);
  }

  /** Takes leave of the database; to be called when nothing is under way any more. */
  Future<Void> close() {
    return connection == null ? Future.succeededFuture() : connection.close();
  }

  /** Completes when every one of the group has its answer; never fails. */
  Future<Void> write(List<Waiting> group) {
    return write(group, 1);
  }

  private Future<Void> write(List<Waiting> group, int attempt) {
    long start = System.nanoTime();
    return connected()
        .compose(open -> open.commit(Group.of(group.stream().map(Waiting::entry).toList())))
        .timeout(COMMIT_TIMEOUT_MS, TimeUnit.MILLISECONDS)
        .compose(states -> {
          metrics.committed(group.size(), System.nanoTime() - start);
          return answer(group, states);
        })
        .recover(failure -> recover(group, attempt, failure));
  }

  private Future<GroupConnection> connected() {
    if (connection != null) {
      // Of this context, so that what follows, timeouts too, stays on the lane's event loop.
      return context.succeededFuture(connection);
    }
    Future<GroupConnection> opening = GroupConnection.open(context.owner(), options);
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

  private static Future<Void> answer(List<Waiting> group, Map<String, Entry.State> states) {
    Set<String> told = new HashSet<>();
    for (Waiting one : group) {
      one.promise().tryComplete(outcome(one.entry().inbox(), states, told));
    }
    return Future.succeededFuture();
  }

  /** Of several copies of one event in a group, the first has its effect. */
  private static Outcome outcome(
      Entry.Inbox event, Map<String, Entry.State> states, Set<String> told) {
    if (event == null) {
      return Outcome.APPLIED;
    }
    String key = Group.key(event);
    return outcome(told.add(key) ? states.get(key) : null);
  }

  private static Outcome outcome(Entry.State state) {
    return switch (state) {
      case null -> Outcome.DUPLICATE;
      case applied -> Outcome.APPLIED;
      case ignored -> Outcome.IGNORED;
      case failed -> Outcome.FAILED;
    };
  }

  private Future<Void> recover(List<Waiting> group, int attempt, Throwable failure) {
    metrics.failedGroup(Failure.of(failure));
    return switch (Failure.of(failure)) {
      case CONTENT -> split(group, failure);
      case CONFLICT -> again(group, attempt, failure);
      case CONNECTION -> attempt < TRIES_MAX ? reconnect(group, attempt, failure) : goAway(group);
      case AWAY -> goAway(group);
      case TROUBLE -> apart(group, failure);
    };
  }

  /** What one call's rows alone provoke is not to cost the others of its group their answer. */
  private Future<Void> apart(List<Waiting> group, Throwable failure) {
    return group.size() == 1 || group.stream().anyMatch(Waiting::late)
        ? giveUp(group, failure)
        : halves(group, 1);
  }

  /**
   * Once more as it is; then in halves, so that one locked call costs the others little. A key that
   * is still taken after all tries is no race, but something that the one left alone says.
   */
  private Future<Void> again(List<Waiting> group, int attempt, Throwable failure) {
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

  /** Halves of what failed, down to the one that is refused alone: it is kept as such. */
  private Future<Void> split(List<Waiting> group, Throwable failure) {
    if (group.size() > 1) {
      return halves(group, 1);
    }
    Waiting poison = group.getFirst();
    if (poison.entry().inbox() == null || poison.entry().inbox().state() == Entry.State.failed) {
      return giveUp(group, failure);
    }
    LOG.warnf(
        "event kept without effect: eventId=%s roomSid=%s %s",
        poison.entry().inbox().id(), poison.entry().inbox().roomSid(), Failure.reason(failure));
    Entry refused = poison.entry().refused(Failure.reason(failure));
    return write(List.of(poison.as(refused)), 1);
  }

  private Future<Void> halves(List<Waiting> group, int attempt) {
    int half = group.size() / 2;
    return write(group.subList(0, half), attempt)
        .compose(done -> write(group.subList(half, group.size()), attempt));
  }

  private Future<Void> later(List<Waiting> group, int attempt) {
    Promise<Void> pause = Promise.promise();
    context.setTimer(
        1 + ThreadLocalRandom.current().nextLong(JITTER_MS * attempt), t -> pause.complete());
    return pause.future().compose(done -> write(group, attempt + 1));
  }

  /** A connection may have died of itself; one that does not answer in time is given up. */
  private Future<Void> reconnect(List<Waiting> group, int attempt, Throwable failure) {
    disconnect();
    return failure instanceof TimeoutException ? goAway(group) : write(group, attempt + 1);
  }

  /** Whoever comes in the next moment is told at once; {@link Lane} tells whoever waits. */
  private Future<Void> goAway(List<Waiting> group) {
    awayUntil = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(AWAY_MS);
    group.forEach(one -> one.promise().tryFail(away()));
    return Future.succeededFuture();
  }

  private Future<Void> giveUp(List<Waiting> group, Throwable failure) {
    LOG.errorf("a group of %d events was not written: %s", group.size(), Failure.reason(failure));
    if (Failure.of(failure) != Failure.CONFLICT) {
      disconnect(); // whatever is wrong may be wrong with this connection
    } else if (group.size() == 1) {
      blocked.block(group.getFirst().entry());
    }
    group.forEach(one -> one.promise().tryFail(trouble()));
    return Future.succeededFuture();
  }

  static LedgerUnavailable trouble() {
    return new LedgerUnavailable(Reason.DATABASE_TROUBLE, "the ledger cannot write now");
  }

  static LedgerUnavailable away() {
    return new LedgerUnavailable(Reason.DATABASE_AWAY, "the database is away");
  }
}
