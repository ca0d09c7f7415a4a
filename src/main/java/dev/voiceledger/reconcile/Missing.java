package dev.voiceledger.reconcile;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a listing lacks is missing; what a second one lacks too, a grace later, is gone, unless
 * somebody told of its life in between. So neither a room that is being made while LiveKit lists
 * nor a listing that came half is anybody's end.
 *
 * @param <K> of what is looked for
 */
final class Missing<K> {
  private final Duration grace;
  private final Map<K, Miss> misses = new HashMap<>();

  Missing(Duration grace) {
    this.grace = grace;
  }

  private record Miss(Instant since, Instant lastSeenAt, boolean isTold) {}

  /**
   * A listing lacks it.
   *
   * @param at when the listing began
   * @param lastSeenAt when it was listed before; the first to say so counts
   * @return whether it may be {@link #gone}
   */
  boolean miss(K key, Instant at, Instant lastSeenAt) {
    Miss miss = misses.computeIfAbsent(key, first -> new Miss(at, lastSeenAt, false));
    return at.isAfter(miss.since) && !at.isBefore(miss.since.plus(grace));
  }

  /**
   * A second listing lacked it.
   *
   * @param at when that began
   * @param saidAt the last that anybody told of its life: after the first miss, it begins anew
   * @return the last evidence of its life, if it is gone
   */
  Optional<Instant> gone(K key, Instant at, Instant saidAt) {
    Miss miss = misses.get(key);
    if (saidAt.isAfter(miss.since)) {
      misses.put(key, new Miss(at, saidAt, false));
      return Optional.empty();
    }
    misses.put(key, new Miss(miss.since, miss.lastSeenAt, true));
    return Optional.of(miss.lastSeenAt.isAfter(saidAt) ? miss.lastSeenAt : saidAt);
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

  /** Whether a second look is still to come. */
  boolean hasDoubts() {
    return misses.values().stream().anyMatch(miss -> !miss.isTold);
  }

  /** Two in a row: what was missing before a failure has to be missing twice again. */
  void clear() {
    misses.clear();
  }
}
