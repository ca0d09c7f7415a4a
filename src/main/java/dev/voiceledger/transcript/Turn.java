package dev.voiceledger.transcript;

import java.util.UUID;

/**
 * One thing said, ready to be shown.
 *
 * @param number its {@code sequence_number}
 * @param role {@code user}, {@code assistant}, {@code system} or {@code function}
 * @param speaker how the speaker is called
 * @param isFinal false of what may still be replaced
 * @param startMs from the beginning of the call
 * @param endMs after the start, always
 */
record Turn(
    UUID id,
    int number,
    String role,
    String speaker,
    String identity,
    String content,
    String modality,
    boolean isFinal,
    boolean interrupted,
    String timestamp,
    long startMs,
    long endMs) {

  /** Whether somebody hears it: what a tool or the application writes is only read. */
  boolean isHeard() {
    boolean conversation = role.equals("user") || role.equals("assistant");
    return (conversation || modality.equals("voice")) && Lines.isSeen(content);
  }
}
