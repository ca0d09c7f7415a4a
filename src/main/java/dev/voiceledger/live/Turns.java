package dev.voiceledger.live;

import dev.voiceledger.platform.Problem.Type;
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
  private final Queue<Runnable> waiting = new ConcurrentLinkedQueue<>();

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
    waiting.add(() ->
        begun(work, isWanted)
            .onComplete(result -> {
              under.decrementAndGet();
              next();
              done.handle(result);
            }));
    next();
    return done.future();
  }

  private <T> Future<T> begun(Supplier<Future<T>> work, BooleanSupplier isWanted) {
    length.decrementAndGet();
    return isWanted.getAsBoolean()
        ? Future.succeededFuture().compose(done -> work.get())
        : Future.failedFuture(Type.OVERLOADED.because("not waited for"));
  }

  private void next() {
    while (!waiting.isEmpty()) {
      if (under.incrementAndGet() > atOnceMax) {
        under.decrementAndGet();
        return; // whoever is at it comes here again
      }
      Runnable first = waiting.poll();
      if (first == null) {
        under.decrementAndGet();
      } else {
        first.run();
      }
    }
  }
}
