package dev.voiceledger.reconcile;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a listing lacks is missing; what a second one lacks too, a grace later, is gone. So neither
 * a room that is being made while LiveKit lists nor a listing that came half is anybody's end.
 *
 * @param <K> of what is looked for
 */
final class Missing<K> {
  private final Duration grace;
  private final Map<K, Miss> misses = new HashMap<>();

  Missing(Duration grace) {
    this.grace = grace;
  }

  private record Miss(Instant since, Instant lastSeenAt) {}

  /**
   * A listing lacks it.
   *
   * @param at when the listing began
   * @param lastSeenAt when it was listed before; the first to say so counts
   * @return when it was listed last, if it is gone
   */
  Optional<Instant> miss(K key, Instant at, Instant lastSeenAt) {
    Miss miss = misses.computeIfAbsent(key, first -> new Miss(at, lastSeenAt));
    boolean gone = at.isAfter(miss.since) && !at.isBefore(miss.since.plus(grace));
    return gone ? Optional.of(miss.lastSeenAt) : Optional.empty();
  }

  /** It is there, or its end is known. */
  void found(K key) {
    misses.remove(key);
  }

  /** Forgets what is not among these. */
  void keep(Set<K> keys) {
    misses.keySet().retainAll(keys);
  }

  Set<K> keys() {
    return Set.copyOf(misses.keySet());
  }

  boolean isEmpty() {
    return misses.isEmpty();
  }

  /** Two in a row: what was missing before a failure has to be missing twice again. */
  void clear() {
    misses.clear();
  }
}
