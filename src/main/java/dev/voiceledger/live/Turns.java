package dev.voiceledger.live;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * So many at once, and the others in turn. When a replica goes, its readers come to the next one
 * together, and each has to be looked up: all at once they would take every connection of the pool
 * and most would be turned away.
 */
final class Turns {
  private final int atOnceMax;
  private final AtomicInteger under = new AtomicInteger();
  private final Queue<Runnable> waiting = new ConcurrentLinkedQueue<>();

  Turns(int atOnceMax) {
    this.atOnceMax = atOnceMax;
  }

  /**
   * Does something when its turn has come.
   *
   * @param work begins on whichever thread ends the turn before it
   */
  <T> Future<T> take(Supplier<Future<T>> work) {
    Promise<T> done = Promise.promise();
    waiting.add(() ->
        work.get()
            .onComplete(result -> {
              under.decrementAndGet();
              next();
              done.handle(result);
            }));
    next();
    return done.future();
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
