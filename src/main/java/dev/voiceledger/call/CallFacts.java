package dev.voiceledger.call;

import static dev.voiceledger.call.Merge.greatest;
import static dev.voiceledger.call.Merge.later;
import static dev.voiceledger.call.Merge.least;

import java.time.Instant;
import java.util.Objects;
import java.util.UUID;

/**
 * What was said of one room session. Null is "not said"; rules of merging are DESIGN's "order does
 * not matter", once here for events of one group and once in the ledger's SQL for rows.
 *
 * @param id of the call, derived from the sid
 * @param roomCreatedAt the room's creation, as LiveKit's Room says
 * @param firstEventAt the earliest event; stands in for the creation while that is unknown
 * @param restartedAt the latest room_started
 * @param lastAliveAt the latest joining, publishing or restart
 * @param endReportedAt the latest room_finished
 * @param infoKey register key of roomMetadata
 * @param roomMetadata as sent
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
    String roomMetadata) {

  public CallFacts {
    Objects.requireNonNull(id);
    Objects.requireNonNull(roomSid);
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
        newer ? other.roomMetadata : roomMetadata);
  }
}
