package dev.voiceledger.platform;

import java.util.Comparator;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The bytes of answers that their readers have not taken yet, over all connections. They lie in the
 * same memory as everything else that comes and goes, the database's answers included, so they have
 * a bound: past it whoever has stood still for longest is cut off, and nothing large is begun.
 */
final class Untaken {
  private static final long CUT_BYTES = 24L * 1024 * 1024;
  private static final long FULL_BYTES = 48L * 1024 * 1024;

  /** So long everybody may stand still; a connection looks at itself once a second. */
  private static final long STILL_MS = 2_500;

  private final AtomicLong bytes = new AtomicLong();
  private final Set<Pace> owing = ConcurrentHashMap.newKeySet();

  void add(Pace pace, int length) {
    owing.add(pace);
    if (bytes.addAndGet(length) > CUT_BYTES) {
      owing.stream()
          .filter(each -> each.stillMs() > STILL_MS)
          .max(Comparator.comparingLong(Pace::stillMs))
          .ifPresent(Pace::cut);
    }
  }

  void give(Pace pace, int length, boolean all) {
    bytes.addAndGet(-length);
    if (all) {
      owing.remove(pace);
    }
  }

  boolean isFull() {
    return bytes.get() > FULL_BYTES;
  }
}
