package dev.voiceledger.live;

import dev.voiceledger.platform.Problem.Type;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * So many at once, and the others in turn. When a replica goes, its readers come to the next one
 * together, and each has to be looked up: all at once they would take every connection of the pool
 * and most would be turned away.
 */
final class Turns {
  private final int atOnceMax;
  private final int waitingMax;
  private final AtomicInteger length = new AtomicInteger();
  private final AtomicInteger under = new AtomicInteger();
  private final Queue<Turn> waiting = new ConcurrentLinkedQueue<>();

  Turns(int atOnceMax, int waitingMax) {
    this.atOnceMax = atOnceMax;
    this.waitingMax = waitingMax;
  }

  /**
   * Does something when its turn has come.
   *
   * @param work begins on whichever thread ends the turn before it
   * @param isWanted asked when the turn has come, for who went meanwhile needs none
   */
  <T> Future<T> take(Supplier<Future<T>> work, BooleanSupplier isWanted) {
    if (length.incrementAndGet() > waitingMax) {
      length.decrementAndGet();
      return Future.failedFuture(
          Type.OVERLOADED.because("too many begin to read at once").retryAfter(1));
    }
    Promise<T> done = Promise.promise();
    waiting.add(
        new Turn(
            isWanted,
            () -> work(work).onComplete(result -> over(done, result)),
            () -> done.fail(Type.OVERLOADED.because("not waited for"))));
    next();
    return done.future();
  }

  private static <T> Future<T> work(Supplier<Future<T>> work) {
    return Future.succeededFuture().compose(now -> work.get());
  }

  private <T> void over(Promise<T> done, AsyncResult<T> result) {
    under.decrementAndGet();
    next();
    done.handle(result);
  }

  private record Turn(BooleanSupplier isWanted, Runnable begin, Runnable leave) {}

  /** Thousands may have gone meanwhile: they are passed here, and not each within the last. */
  private void next() {
    while (!waiting.isEmpty()) {
      if (under.incrementAndGet() > atOnceMax) {
        under.decrementAndGet();
        return; // whoever is at it comes here again
      }
      Turn first = waiting.poll();
      boolean begins = first != null && first.isWanted().getAsBoolean();
      if (!begins) {
        under.decrementAndGet();
      }
      if (first != null) {
        length.decrementAndGet();
        (begins ? first.begin() : first.leave()).run();
      }
    }
  }
}
