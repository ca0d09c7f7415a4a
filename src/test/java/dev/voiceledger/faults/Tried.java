package dev.voiceledger.faults;

import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * One request of a {@link Crowd} or of {@link Probes}, and what came of it.
 *
 * @param what kind of request
 * @param at when it was sent, by {@link System#nanoTime}
 * @param status 0 where the connection broke or nothing came in time
 * @param wrong what must never be, whatever the fault: another's row, a lie, an odd status; or null
 */
record Tried(String what, long at, int status, long ms, String wrong) {
  static final int REFUSED = 503;

  boolean isRefused() {
    return status == REFUSED;
  }

  boolean within(long from, long to) {
    return at >= from && at < to;
  }

  boolean answeredBy(long moment) {
    return at + TimeUnit.MILLISECONDS.toNanos(ms) < moment;
  }

  static long slowestMs(Collection<Tried> all) {
    return all.stream().mapToLong(Tried::ms).max().orElse(0);
  }

  /** How many of each status by kind, for people. */
  static String counts(Collection<Tried> all) {
    Map<String, Map<Integer, Long>> counts =
        all.stream()
            .collect(
                Collectors.groupingBy(
                    Tried::what,
                    TreeMap::new,
                    Collectors.groupingBy(Tried::status, TreeMap::new, Collectors.counting())));
    return counts + ", slowest " + slowestMs(all) + " ms";
  }
}
