package dev.voiceledger.transcript;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * A transcript as JSON. Offsets are milliseconds from the beginning of the call.
 *
 * @param turns in the order in which they were said; last of all fields, for a writer that goes on
 */
@Schema(name = "Transcript")
record TranscriptView(
    UUID callId,
    String title,
    String roomName,
    String startedAt,
    Integer durationSeconds,
    List<Person> participants,
    List<Turn> turns) {

  static TranscriptView of(Heading heading, List<Turn> turns) {
    return new TranscriptView(
        heading.callId(),
        heading.title(),
        heading.roomName(),
        heading.startedAt(),
        heading.durationSeconds(),
        heading.participants().stream().map(Person::of).toList(),
        turns);
  }

  /** Somebody who took part. */
  @Schema(name = "TranscriptParticipant")
  record Person(
      String identity, String name, @Schema(enumeration = {"user", "agent", "admin"}) String type) {
    static Person of(Heading.Participant of) {
      return new Person(of.identity(), of.name(), of.type());
    }
  }

  /**
   * One thing said.
   *
   * @param speaker name, else identity, else role
   * @param startMs when it was said
   * @param endMs reported, else estimated by its length
   */
  @Schema(name = "TranscriptTurn")
  record Turn(
      UUID id,
      int sequenceNumber,
      @Schema(enumeration = {"user", "assistant", "system", "function"}) String role,
      String speaker,
      String participantIdentity,
      String content,
      @Schema(enumeration = {"voice", "text"}) String inputModality,
      @JsonProperty("final") boolean isFinal,
      boolean interrupted,
      String timestamp,
      long startMs,
      long endMs) {
    static Turn of(dev.voiceledger.transcript.Turn of) {
      return new Turn(
          of.id(),
          of.number(),
          of.role(),
          of.speaker(),
          of.identity(),
          of.content(),
          of.modality(),
          of.isFinal(),
          of.interrupted(),
          of.timestamp(),
          of.startMs(),
          of.endMs());
    }
  }
}
