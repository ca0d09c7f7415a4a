package dev.voiceledger.ledger;

import dev.voiceledger.ledger.LedgerUnavailable.Reason;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.impl.ContextInternal;
import io.vertx.core.impl.VertxInternal;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A bounded queue in front of one connection. The next group leaves when the last has answered and
 * takes along whatever has come meanwhile: alone, an entry waits for nobody; under load the groups
 * grow. Everything but {@link #offer} runs on the lane's own event loop.
 */
final class Lane<E, R> {
  static final int QUEUE_MAX = 4096;
  static final int GROUP_MAX = 256;

  private final ContextInternal context;
  private final GroupWriter<E, R> writer;
  private final Queue<Waiting<E, R>> queue = new ConcurrentLinkedQueue<>();
  private final AtomicInteger depth = new AtomicInteger();
  private final AtomicBoolean running = new AtomicBoolean();

  /** Who waits for the end; null while there is none. */
  private Promise<Void> closing;

  Lane(
      Kind<E, R> kind,
      Vertx vertx,
      GroupConnection.Address address,
      LedgerMetrics metrics,
      Runnable committed) {
    this.context = ((VertxInternal) vertx).createEventLoopContext();
    this.writer = new GroupWriter<>(kind, context, address, metrics, committed, this::behind);
  }

  /** From any thread. Fails at once where the queue is full or the database known to be away. */
  Future<R> offer(E entry) {
    if (writer.isAway()) {
      return Future.failedFuture(LedgerUnavailable.away());
    }
    if (writer.isBlocked(entry)) {
      return Future.failedFuture(LedgerUnavailable.trouble());
    }
    if (depth.incrementAndGet() > QUEUE_MAX) {
      depth.decrementAndGet();
      return Future.failedFuture(
          new LedgerUnavailable(Reason.QUEUE_FULL, "the ledger's queue is full"));
    }
    Waiting<E, R> waiting = Waiting.now(entry);
    queue.add(waiting);
    wake();
    return waiting.promise().future();
  }

  /** Once more when its turn comes again; its place was its own already, so no bound is asked. */
  private void behind(Waiting<E, R> waiting) {
    depth.incrementAndGet();
    queue.add(waiting);
  }

  /** Writes what waits, and then closes the connection; nothing more may be offered. */
  Future<Void> close() {
    Promise<Void> closed = Promise.promise();
    context.runOnContext(ignored -> {
      closing = closed;
      wake();
    });
    return closed.future();
  }

  int depth() {
    return depth.get();
  }

  private void wake() {
    if (running.compareAndSet(false, true)) {
      context.runOnContext(ignored -> next());
    }
  }

  private void next() {
    List<Waiting<E, R>> group = take(GROUP_MAX);
    if (group.isEmpty()) {
      running.set(false);
      if (!queue.isEmpty()) {
        wake();
      } else if (closing != null) {
        writer.close().onComplete(closed -> closing.tryComplete());
      }
      return;
    }
    writer
        .write(group)
        .onComplete(done -> {
          if (writer.isAway()) {
            take(QUEUE_MAX).forEach(one -> one.promise().tryFail(LedgerUnavailable.away()));
          }
          next();
        });
  }

  private List<Waiting<E, R>> take(int max) {
    List<Waiting<E, R>> taken = new ArrayList<>();
    int polled = 0;
    for (Waiting<E, R> one; taken.size() < max && (one = queue.poll()) != null; polled++) {
      if (one.late()) {
        one.promise().tryFail(LedgerUnavailable.trouble());
      } else {
        taken.add(one);
      }
    }
    depth.addAndGet(-polled);
    return taken;
  }
}
