package dev.voiceledger.live;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/**
 * Who may see what, of those who look and of what changed, as of the moment at which it was read.
 *
 * @param seen calls by person
 * @param holders of join tokens who were asked for
 * @param removed those of them who were removed from their call
 */
record Sight(Map<UUID, Set<UUID>> seen, List<Reader> holders, Set<Reader> removed) {

  Set<UUID> of(UUID userId) {
    return seen.getOrDefault(userId, Set.of());
  }

  /** Whether the reader of one call may read on. */
  boolean holds(Reader reader) {
    return switch (reader.who()) {
      case OPERATOR -> true;
      case PERSON -> of(reader.userId()).contains(reader.callId());
      case HOLDER -> !removed.contains(reader);
    };
  }
}
