package dev.voiceledger.ledger;

import io.vertx.core.Promise;
import java.util.concurrent.TimeUnit;

/**
 * An entry in a lane's queue or group, and who waits for it.
 *
 * @param since when it was offered, in {@link System#nanoTime}
 */
record Waiting<E, R>(E entry, Promise<R> promise, long since) {
  private static final long LATE_MS = 2_500;

  static <E, R> Waiting<E, R> now(E entry) {
    return new Waiting<>(entry, Promise.promise(), System.nanoTime());
  }

  /** Whoever has waited as long is not made to wait for one more try. */
  boolean late() {
    return System.nanoTime() - since > TimeUnit.MILLISECONDS.toNanos(LATE_MS);
  }

  /** The same waiting, for another entry. */
  Waiting<E, R> as(E other) {
    return new Waiting<>(other, promise, since);
  }
}
