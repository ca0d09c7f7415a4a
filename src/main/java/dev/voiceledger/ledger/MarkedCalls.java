package dev.voiceledger.ledger;

import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** Calls of which something is remembered for a while; of too many at once, nothing. */
final class MarkedCalls {
  private static final int CALLS_MAX = 1024;

  private final Map<UUID, Long> until = new ConcurrentHashMap<>();

  void mark(UUID callId, long ms) {
    if (callId == null) {
      return;
    }
    if (until.size() >= CALLS_MAX) {
      until.clear();
    }
    until.put(callId, System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(ms));
  }

  boolean has(UUID callId) {
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

  void unmark(UUID callId) {
    if (!until.isEmpty() && callId != null) {
      until.remove(callId);
    }
  }
}
