package dev.voiceledger.ledger;

import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/**
 * An entry in a lane's queue or group, and who waits for it.
 *
 * @param since when it was offered, in {@link System#nanoTime}
 */
record Waiting<E, R>(E entry, Promise<R> promise, long since) {
  private static final long LATE_MS = 2_500;
  private static final long TOO_LATE_MS = 8_000;

  static <E, R> Waiting<E, R> now(E entry) {
    return new Waiting<>(entry, Promise.promise(), System.nanoTime());
  }

  /** Whoever has waited as long is not made to wait for one more try. */
  boolean late() {
    return System.nanoTime() - since > TimeUnit.MILLISECONDS.toNanos(LATE_MS);
  }

  /** Nor is whoever has waited as long made to wait for anybody else's trouble. */
  boolean tooLate() {
    return System.nanoTime() - since > TimeUnit.MILLISECONDS.toNanos(TOO_LATE_MS);
  }

  /** The group in pieces: one a call, in the order in which they came. */
  static <E, R> Collection<List<Waiting<E, R>>> byCall(Kind<E, R> kind, List<Waiting<E, R>> group) {
    Map<UUID, List<Waiting<E, R>>> pieces = new LinkedHashMap<>();
    for (Waiting<E, R> one : group) {
      pieces.computeIfAbsent(kind.callId(one.entry), call -> new ArrayList<>()).add(one);
    }
    return pieces.values();
  }

  /** The same waiting, for another entry. */
  Waiting<E, R> as(E other) {
    return new Waiting<>(other, promise, since);
  }
}
