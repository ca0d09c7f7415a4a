package dev.voiceledger.transcript;

import java.util.List;
import java.util.UUID;

/**
 * What stands over a transcript.
 *
 * @param title null where the call has none
 * @param roomName null of a call without a room
 * @param startedAt what offsets count from, RFC 3339; null of a call in which nothing happened
 * @param durationSeconds null while the call is open
 * @param participants those who took part, by name
 */
record Heading(
    UUID callId,
    String title,
    String roomName,
    String startedAt,
    Integer durationSeconds,
    List<Participant> participants) {

  /**
   * Somebody who took part, however often they came back.
   *
   * @param name the identity where no name is known
   * @param type {@code user}, {@code agent} or {@code admin}
   */
  record Participant(String identity, String name, String type) {
    String label() {
      return type.equals("agent") ? name + " (agent)" : name;
    }
  }

  /** The title, else the room's name. */
  String name() {
    return title != null && !title.isBlank()
        ? title
        : roomName == null ? "Call" : "Call in " + roomName;
  }

  String duration() {
    return durationSeconds == null ? null : Clock.offset(durationSeconds * 1_000L);
  }
}
