package dev.voiceledger.ledger;

import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * Calls whose rows somebody else held through all tries. For a moment their events are refused at
 * once, or each group would wait for the same lock again and all others of the lane with it.
 */
final class BlockedCalls {
  private static final int CALLS_MAX = 1024;
  private static final long BLOCKED_MS = 1_000;

  private final Map<UUID, Long> until = new ConcurrentHashMap<>();

  void block(UUID callId) {
    if (callId == null) {
      return;
    }
    if (until.size() >= CALLS_MAX) {
      until.clear();
    }
    until.put(callId, System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(BLOCKED_MS));
  }

  boolean isBlocked(UUID callId) {
    if (until.isEmpty() || callId == null) {
      return false;
    }
    Long end = until.get(callId);
    if (end != null && end - System.nanoTime() < 0) {
      until.remove(callId, end);
      return false;
    }
    return end != null;
  }
}
