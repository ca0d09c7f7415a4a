package dev.voiceledger.call;

import static dev.voiceledger.call.Merge.greatest;
import static dev.voiceledger.call.Merge.later;
import static dev.voiceledger.call.Merge.least;

import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.UUID;

/**
 * What was said of one call. Null is "not said"; rules of merging are DESIGN's "order does not
 * matter", once here for events of one group and once in the ledger's SQL for rows.
 *
 * @param id of the call, derived from the sid
 * @param roomSid null of a call without a room
 * @param roomCreatedAt the room's creation, as LiveKit's Room says
 * @param firstEventAt the earliest event; stands in for the creation while that is unknown
 * @param restartedAt the latest room_started
 * @param lastAliveAt the latest joining, publishing or restart
 * @param endReportedAt the latest room_finished
 * @param infoKey register key of roomMetadata
 * @param roomMetadata as sent
 * @param opening null where nobody asked for the call through the API
 * @param inferredEnd null where nobody concluded that it is over
 */
public record CallFacts(
    UUID id,
    String roomSid,
    String roomName,
    Instant roomCreatedAt,
    Instant firstEventAt,
    Instant restartedAt,
    Instant lastAliveAt,
    Instant endReportedAt,
    String infoKey,
    String roomMetadata,
    Opening opening,
    InferredEnd inferredEnd) {

  /**
   * What whoever asked for the call wants of it. The first to open a call keeps it.
   *
   * @param openedBy {@code user:UUID} or {@code service}
   * @param userId the owner; null of a service's call
   * @param metadata a JSON object
   * @param agentNamed the agent that is to come; null for none
   * @param key the Idempotency-Key that stands for the call from then on; null for none
   */
  public record Opening(
      String openedBy,
      UUID userId,
      String title,
      String metadata,
      String agentNamed,
      List<UUID> invitedUserIds,
      String key) {

    /** The same under a key. */
    public Opening under(String key) {
      return new Opening(openedBy, userId, title, metadata, agentNamed, invitedUserIds, key);
    }
  }

  /**
   * An end that LiveKit did not report.
   *
   * @param reason {@code ended_by_api}, {@code reconciled} or {@code room_not_created}
   */
  public record InferredEnd(Instant at, String reason) {}

  public CallFacts {
    Objects.requireNonNull(id);
  }

  /** Nothing but that there is such a call. */
  public static CallFacts of(UUID id, String roomSid, String roomName) {
    return new CallFacts(
        id, roomSid, roomName, null, null, null, null, null, null, null, null, null);
  }

  /** A room that lives, as LiveKit tells of it when it is asked. */
  public static CallFacts live(UUID id, String roomSid, String roomName, Instant createdAt) {
    return new CallFacts(
        id, roomSid, roomName, createdAt, null, null, null, null, null, null, null, null);
  }

  /** The same, asked for by somebody. */
  public CallFacts openedBy(Opening by) {
    return new CallFacts(
        id,
        roomSid,
        roomName,
        roomCreatedAt,
        firstEventAt,
        restartedAt,
        lastAliveAt,
        endReportedAt,
        infoKey,
        roomMetadata,
        by,
        inferredEnd);
  }

  /** The same, over. */
  public CallFacts over(Instant at, String reason) {
    return new CallFacts(
        id,
        roomSid,
        roomName,
        roomCreatedAt,
        firstEventAt,
        restartedAt,
        lastAliveAt,
        endReportedAt,
        infoKey,
        roomMetadata,
        opening,
        new InferredEnd(at, reason));
  }

  /** Both, as one; the same whichever is asked. */
  public CallFacts merge(CallFacts other) {
    boolean newer = later(infoKey, other.infoKey);
    return new CallFacts(
        id,
        roomSid,
        least(roomName, other.roomName),
        least(roomCreatedAt, other.roomCreatedAt),
        least(firstEventAt, other.firstEventAt),
        greatest(restartedAt, other.restartedAt),
        greatest(lastAliveAt, other.lastAliveAt),
        greatest(endReportedAt, other.endReportedAt),
        newer ? other.infoKey : infoKey,
        newer ? other.roomMetadata : roomMetadata,
        one(opening, other.opening),
        latest(inferredEnd, other.inferredEnd));
  }

  /** Of two who ask in the same moment one is the first, whichever came before in the queue. */
  private static Opening one(Opening a, Opening b) {
    return a == null || b != null && b.openedBy.compareTo(a.openedBy) < 0 ? b : a;
  }

  private static InferredEnd latest(InferredEnd a, InferredEnd b) {
    if (a != null && b != null && a.at.equals(b.at)) {
      return a.reason.compareTo(b.reason) <= 0 ? a : b;
    }
    return a == null || b != null && later(a.at, b.at) ? b : a;
  }
}
