package dev.voiceledger.webhook;

import java.time.Instant;

/**
 * One LiveKit event, reduced to what is kept of it in rows, in LiveKit's words. All 14 event names
 * end here, and those that LiveKit does not have yet: what says nothing for the rows is {@link
 * Ignored} and kept raw.
 */
sealed interface WebhookEvent {

  /** The room began; for a room that goes on after a crash of its server, it began again. */
  record RoomStarted(Source source, Room room) implements WebhookEvent {}

  /** The room is over. */
  record RoomFinished(Source source, Room room) implements WebhookEvent {}

  /** A participant became active. */
  record ParticipantJoined(Source source, Room room, Participant participant)
      implements WebhookEvent {}

  /** A participant that had been active is gone. */
  record ParticipantLeft(Source source, Room room, Participant participant)
      implements WebhookEvent {}

  /** A participant is gone that never became active. */
  record ParticipantConnectionAborted(Source source, Room room, Participant participant)
      implements WebhookEvent {}

  /** A track began or ended; room and participant are thin here: sid, name and identity only. */
  record TrackChanged(Source source, Room room, Participant participant, boolean published)
      implements WebhookEvent {}

  /** An egress started, changed or ended; its own status says which. */
  record EgressChanged(Source source, Room room, Egress egress) implements WebhookEvent {}

  /** Authentic and kept, with nothing in it for the rows. */
  record Ignored(Source source, Room room, String reason) implements WebhookEvent {}

  /** Authentic and kept, and meant for the rows, but it cannot be read as what it says it is. */
  record Unreadable(Source source, Room room, String reason) implements WebhookEvent {}

  /** What a listing of LiveKit said, or did not say any more, and nobody else had told. */
  sealed interface Found extends WebhookEvent {}

  /** A live room. */
  record RoomListed(Source source, Room room) implements Found {}

  /**
   * A room that LiveKit no longer lists.
   *
   * @param lastSeenAt the last evidence of its life
   */
  record RoomGone(Source source, Room room, Instant lastSeenAt) implements Found {}

  /**
   * A participant of a live room.
   *
   * @param state LiveKit's word; who is not ACTIVE has not joined
   * @param muted whether it publishes microphones, and all of them are muted
   */
  record ParticipantListed(
      Source source, Room room, Participant participant, String state, boolean muted)
      implements Found {
    boolean isActive() {
      return state.equals("ACTIVE");
    }
  }

  /**
   * A participant that LiveKit no longer lists in a room that goes on.
   *
   * @param lastSeenAt the last evidence of its being there
   */
  record ParticipantGone(Source source, Room room, Participant participant, Instant lastSeenAt)
      implements Found {}

  /** An egress as LiveKit has it. */
  record EgressListed(Source source, Room room, Egress egress) implements Found {}

  /** An egress that LiveKit does not know, of a call that is over. */
  record EgressGone(Source source, Room room, String egressId) implements Found {}

  /** Which event it is. */
  Source source();

  /** The room session that it is about; null where it names none. */
  Room room();

  /**
   * @param id LiveKit's {@code EV_…}, {@code sha256:} and the hex of the body, or our {@code RC_…}
   * @param name as LiveKit spells it; null where there is none
   * @param createdAt whole seconds, LiveKit's clock; of a listing its beginning, by the database's;
   *     null where it does not say
   */
  record Source(String id, String name, Instant createdAt) {}

  /**
   * @param createdAt milliseconds where LiveKit gives them; null in thin rooms
   * @param metadata as sent; null in thin rooms
   */
  record Room(String sid, String name, Instant createdAt, String metadata) {}

  /**
   * @param joinedAt milliseconds where LiveKit gives them; null in thin participants
   * @param kind LiveKit's word; null in thin participants
   * @param attributes a JSON object; null in thin participants
   */
  record Participant(
      String sid,
      String identity,
      String name,
      String kind,
      Instant joinedAt,
      String metadata,
      String attributes,
      boolean recorder,
      String disconnectReason) {}

  /**
   * @param status LiveKit's word
   * @param url of the first result, once there is one to rely on
   */
  record Egress(
      String id,
      String status,
      String url,
      Instant startedAt,
      Instant endedAt,
      Instant updatedAt,
      Integer durationSeconds,
      Long sizeBytes,
      String error) {}
}
