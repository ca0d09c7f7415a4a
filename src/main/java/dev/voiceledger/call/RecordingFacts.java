package dev.voiceledger.call;

import static dev.voiceledger.call.Merge.greatest;
import static dev.voiceledger.call.Merge.later;
import static dev.voiceledger.call.Merge.least;

import java.time.Instant;
import java.util.Objects;
import java.util.UUID;

/**
 * What was said of one egress of a call. Null is "not said".
 *
 * @param infoKey register key of status, url, length, size and error: the rank of the status comes
 *     first in it, so that a terminal status is never undone by an older one that arrives late
 * @param status LiveKit's word: EGRESS_STARTING, EGRESS_ACTIVE, …, EGRESS_COMPLETE
 * @param url where the finished file lies
 */
public record RecordingFacts(
    UUID callId,
    String egressId,
    String infoKey,
    String status,
    String url,
    Instant startedAt,
    Instant endedAt,
    Integer durationSeconds,
    Long sizeBytes,
    String error) {

  public RecordingFacts {
    Objects.requireNonNull(callId);
    Objects.requireNonNull(egressId);
    Objects.requireNonNull(infoKey);
    Objects.requireNonNull(status);
  }

  /** Both, as one; the same whichever is asked. */
  public RecordingFacts merge(RecordingFacts other) {
    RecordingFacts newest = later(infoKey, other.infoKey) ? other : this;
    return new RecordingFacts(
        callId,
        egressId,
        newest.infoKey,
        newest.status,
        newest.url,
        least(startedAt, other.startedAt),
        greatest(endedAt, other.endedAt),
        newest.durationSeconds,
        newest.sizeBytes,
        newest.error);
  }
}
