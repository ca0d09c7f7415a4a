package dev.voiceledger.faults;

import dev.voiceledger.faults.Shot.Kind;
import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/**
 * A stretch of a load at one rate, and what became of its requests, by kind: how many answers of
 * each status, and after what time.
 */
final class Phase {
  private static final int STEPS = 8;
  private static final int BUCKETS = 64 * STEPS;

  /** An answer that took longer than this is trouble, however good. */
  private static final long TROUBLE_NANOS = TimeUnit.MILLISECONDS.toNanos(1_000);

  final double perSecond;
  private volatile double seconds;
  private final Map<Kind, Map<Integer, Integer>> statuses = new EnumMap<>(Kind.class);
  private final Map<Kind, int[]> good = new EnumMap<>(Kind.class);
  private final int[] refused = new int[BUCKETS];
  private volatile long beginNanos;
  private int goodInTime;
  private long troubleNanos;

  /**
   * @param perSecond requests, come what may; 0 for a closed loop: as many as the lines carry
   */
  Phase(double perSecond, double seconds) {
    this.perSecond = perSecond;
    this.seconds = seconds;
    for (Kind kind : Kind.values()) {
      statuses.put(kind, new TreeMap<>());
      good.put(kind, new int[BUCKETS]);
    }
  }

  void begin(long nanos) {
    beginNanos = nanos;
    troubleNanos = nanos;
  }

  long beginNanos() {
    return beginNanos;
  }

  /** It is over earlier than it was to be. */
  void end() {
    seconds = (System.nanoTime() - beginNanos) / 1e9;
  }

  long endNanos() {
    return beginNanos + (long) (seconds * 1e9);
  }

  synchronized void add(Kind kind, int status, long nanos) {
    long now = System.nanoTime();
    statuses.get(kind).merge(status, 1, Integer::sum);
    boolean taken = status / 100 == 2;
    if (taken) {
      good.get(kind)[bucket(nanos)]++;
      goodInTime += now < endNanos() ? 1 : 0;
    } else if (status == 503) {
      refused[bucket(nanos)]++;
    }
    if (!taken || nanos > TROUBLE_NANOS) {
      troubleNanos = now;
    }
  }

  /** In steps of an eighth of a power of two: an error of 12 % at most. */
  private static int bucket(long nanos) {
    long micros = Math.max(STEPS, nanos / 1_000);
    int power = 63 - Long.numberOfLeadingZeros(micros);
    return power * STEPS + (int) (micros >> power - 3 & STEPS - 1);
  }

  private static double millis(int bucket) {
    return (double) (1L << bucket / STEPS) * (STEPS + bucket % STEPS) / STEPS / 1_000;
  }

  private static double quantile(int[] buckets, double share) {
    long all = IntStream.of(buckets).asLongStream().sum();
    long left = (long) Math.ceil(all * share);
    for (int i = 0; i < BUCKETS; i++) {
      left -= buckets[i];
      if (left <= 0 && all > 0) {
        return millis(i);
      }
    }
    return 0;
  }

  /** Milliseconds within which this share of what was taken was answered. */
  synchronized double goodMs(Kind kind, double share) {
    return quantile(good.get(kind), share);
  }

  /** Milliseconds within which this share of the refusals (503) was told. */
  synchronized double refusedMs(double share) {
    return quantile(refused, share);
  }

  /** Answers of 2xx, all kinds together, for each second of the phase. */
  synchronized double goodPerSecond() {
    return goodInTime / seconds;
  }

  /** Seconds from the beginning to the last refusal, break or slow answer; 0 without any. */
  synchronized double troubleSeconds() {
    return (troubleNanos - beginNanos) / 1e9;
  }

  synchronized int count(Kind kind, int status) {
    return statuses.get(kind).getOrDefault(status, 0);
  }

  /** Answers that are neither good nor a refusal, and connections that broke (status 0). */
  synchronized int odd() {
    return statuses.values().stream()
        .flatMap(each -> each.entrySet().stream())
        .filter(status -> status.getKey() / 100 != 2 && status.getKey() != 503)
        .mapToInt(Map.Entry::getValue)
        .sum();
  }

  @Override
  public synchronized String toString() {
    StringBuilder text = new StringBuilder("%.0f good/s".formatted(goodPerSecond()));
    statuses.forEach((kind, all) -> {
      if (!all.isEmpty()) {
        text.append(
            "; %s %s p50 %.1f p99 %.1f ms"
                .formatted(kind, all, goodMs(kind, 0.5), goodMs(kind, 0.99)));
      }
    });
    if (refusedMs(1) > 0) {
      text.append("; 503 told in p50 %.1f p99 %.1f ms".formatted(refusedMs(0.5), refusedMs(0.99)));
    }
    return text.toString();
  }
}
