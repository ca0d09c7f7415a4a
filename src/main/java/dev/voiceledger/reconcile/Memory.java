package dev.voiceledger.reconcile;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/**
 * When each open call was last listed, and when its participants were. One text in one row: calls
 * that go on are not touched every few seconds, and a replica that takes over knows as much as the
 * one before it.
 */
final class Memory {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Seen NEVER = new Seen(0, 0);

  private final Map<UUID, Seen> seen = new HashMap<>();

  /** In Unix milliseconds; 0 is never. */
  private record Seen(long room, long people) {}

  /** Reads what {@link #text} wrote. */
  static Memory parse(String text) {
    Memory memory = new Memory();
    try {
      JSON.readValue(text, new TypeReference<Map<UUID, long[]>>() {})
          .forEach((call, times) -> memory.seen.put(call, new Seen(times[0], times[1])));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("the reconciler's memory cannot be read", e);
    }
    return memory;
  }

  String text() {
    Map<UUID, long[]> times = HashMap.newHashMap(seen.size());
    seen.forEach((call, at) -> times.put(call, new long[] {at.room, at.people}));
    try {
      return JSON.writeValueAsString(times);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("numbers by ids are always JSON", e);
    }
  }

  void roomSeen(UUID call, Instant at) {
    seen.merge(call, new Seen(at.toEpochMilli(), 0), (old, now) -> new Seen(now.room, old.people));
  }

  void peopleSeen(UUID call, Instant at) {
    seen.merge(call, new Seen(0, at.toEpochMilli()), (old, now) -> new Seen(old.room, now.people));
  }

  /** When the call's room was last listed; the epoch where it never was. */
  Instant roomSeen(UUID call) {
    return Instant.ofEpochMilli(seen.getOrDefault(call, NEVER).room);
  }

  /** When the call's participants were last listed; the epoch where they never were. */
  Instant peopleSeen(UUID call) {
    return Instant.ofEpochMilli(seen.getOrDefault(call, NEVER).people);
  }

  /** Forgets all other calls. */
  void keep(Set<UUID> calls) {
    seen.keySet().retainAll(calls);
  }
}
