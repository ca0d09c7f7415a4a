package dev.voiceledger.call;

import static dev.voiceledger.call.Merge.greatest;
import static dev.voiceledger.call.Merge.later;
import static dev.voiceledger.call.Merge.least;

import java.time.Instant;
import java.util.Objects;
import java.util.UUID;

/**
 * What was said of one connection to a call. Null is "not said".
 *
 * @param sid LiveKit's participant sid; a full reconnect has a new one
 * @param userId the uuid that the identity is, or begins with before a colon; else null
 * @param joinedAt when it connected; null of one that never became active
 * @param lastAliveAt the latest joining or publishing
 * @param leftReportedAt the latest leaving that LiveKit sent
 * @param leftInferredAt the latest leaving that the reconciler concluded
 * @param disconnectReason LiveKit's word with a leaving that it sent
 * @param info name, kind and the like; null where only a track spoke of the participant
 * @param mute null where nobody said whether the participant is muted: no webhook does
 */
public record ParticipantFacts(
    UUID callId,
    String sid,
    String identity,
    UUID userId,
    Instant joinedAt,
    Instant lastAliveAt,
    Instant leftReportedAt,
    Instant leftInferredAt,
    String disconnectReason,
    Info info,
    Mute mute) {

  /**
   * What one event says of a participant as a whole.
   *
   * @param key register key; the greatest wins and carries the rest as one
   * @param kind LiveKit's word: STANDARD, AGENT, SIP, …
   * @param recorder whether it is there to record
   * @param metadata as sent
   * @param attributes a JSON object
   */
  public record Info(
      String key, String name, String kind, boolean recorder, String metadata, String attributes) {}

  /**
   * Whether a participant is muted.
   *
   * @param key register key; the greatest wins
   * @param muted whether it publishes microphones, and all of them are muted
   */
  public record Mute(String key, boolean muted) {}

  public ParticipantFacts {
    Objects.requireNonNull(callId);
    Objects.requireNonNull(sid);
  }

  /** Both, as one; the same whichever is asked. */
  public ParticipantFacts merge(ParticipantFacts other) {
    String one = least(identity, other.identity);
    return new ParticipantFacts(
        callId,
        sid,
        one,
        Objects.equals(one, identity) ? userId : other.userId,
        least(joinedAt, other.joinedAt),
        greatest(lastAliveAt, other.lastAliveAt),
        greatest(leftReportedAt, other.leftReportedAt),
        greatest(leftInferredAt, other.leftInferredAt),
        reasonOfTheLatest(other),
        info == null || other.info != null && later(info.key, other.info.key) ? other.info : info,
        mute == null || other.mute != null && later(mute.key, other.mute.key) ? other.mute : mute);
  }

  private String reasonOfTheLatest(ParticipantFacts other) {
    if (Objects.equals(leftReportedAt, other.leftReportedAt)) {
      return least(disconnectReason, other.disconnectReason);
    }
    return later(leftReportedAt, other.leftReportedAt) ? other.disconnectReason : disconnectReason;
  }
}
