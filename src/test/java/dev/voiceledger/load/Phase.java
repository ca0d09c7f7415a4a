package dev.voiceledger.load;

import dev.voiceledger.load.Shot.Kind;
import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/**
 * A stretch of a load at one rate, and what became of its requests, by kind: how many answers of
 * each status, and after what time.
 */
public final class Phase {
  private static final int DIGITS = 3;

  /** An answer that took longer than this is trouble, however good. */
  private static final long TROUBLE_NANOS = TimeUnit.MILLISECONDS.toNanos(1_000);

  public final double perSecond;
  private volatile double seconds;
  private final Map<Kind, Map<Integer, Integer>> statuses = new EnumMap<>(Kind.class);
  private final Map<Kind, Histogram> good = new EnumMap<>(Kind.class);
  private final Histogram refused = new Histogram(DIGITS);
  private volatile long beginNanos;
  private int goodInTime;
  private long troubleNanos;

  /**
   * @param perSecond requests, come what may; 0 for a closed loop: as many as the lines carry
   */
  public Phase(double perSecond, double seconds) {
    this.perSecond = perSecond;
    this.seconds = seconds;
    for (Kind kind : Kind.values()) {
      statuses.put(kind, new TreeMap<>());
      good.put(kind, new Histogram(DIGITS));
    }
  }

  public void begin(long nanos) {
    beginNanos = nanos;
    troubleNanos = nanos;
  }

  public long beginNanos() {
    return beginNanos;
  }

  /** It is over earlier than it was to be. */
  public void end() {
    seconds = (System.nanoTime() - beginNanos) / 1e9;
  }

  public long endNanos() {
    return beginNanos + (long) (seconds * 1e9);
  }

  public synchronized void add(Kind kind, int status, long nanos) {
    long now = System.nanoTime();
    statuses.get(kind).merge(status, 1, Integer::sum);
    boolean taken = status / 100 == 2;
    if (taken) {
      good.get(kind).recordValue(nanos);
      goodInTime += now < endNanos() ? 1 : 0;
    } else if (status == 503) {
      refused.recordValue(nanos);
    }
    if (!taken || nanos > TROUBLE_NANOS) {
      troubleNanos = now;
    }
  }

  private static double millis(Histogram nanos, double share) {
    return nanos.getValueAtPercentile(100 * share) / 1e6;
  }

  /** Milliseconds within which this share of what was taken was answered. */
  public synchronized double goodMs(Kind kind, double share) {
    return millis(good.get(kind), share);
  }

  /** The same of all kinds together. */
  public synchronized double goodMs(double share) {
    Histogram all = new Histogram(DIGITS);
    good.values().forEach(all::add);
    return millis(all, share);
  }

  /** How long it is, or was. */
  public double seconds() {
    return seconds;
  }

  /** Milliseconds within which this share of the refusals (503) was told. */
  public synchronized double refusedMs(double share) {
    return millis(refused, share);
  }

  /** Answers of 2xx, all kinds together, for each second of the phase. */
  public synchronized double goodPerSecond() {
    return goodInTime / seconds;
  }

  /** Seconds from the beginning to the last refusal, break or slow answer; 0 without any. */
  public synchronized double troubleSeconds() {
    return (troubleNanos - beginNanos) / 1e9;
  }

  public synchronized int count(Kind kind, int status) {
    return statuses.get(kind).getOrDefault(status, 0);
  }

  /** Answers that are neither good nor a refusal, and connections that broke (status 0). */
  public synchronized int odd() {
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
