package dev.voiceledger.webhook;

import dev.voiceledger.webhook.Json.Unfit;
import dev.voiceledger.webhook.WebhookEvent.EgressGone;
import dev.voiceledger.webhook.WebhookEvent.EgressListed;
import dev.voiceledger.webhook.WebhookEvent.ParticipantGone;
import dev.voiceledger.webhook.WebhookEvent.ParticipantListed;
import dev.voiceledger.webhook.WebhookEvent.RoomGone;
import dev.voiceledger.webhook.WebhookEvent.RoomListed;
import java.time.Instant;

/**
 * Of whom a finding tells, and why, for whoever looks at what the reconciler did. What it does not
 * say is null; names, metadata and addresses are not taken along. Each text has 1,024 bytes at
 * most.
 *
 * @param status of a participant or egress that is listed, in LiveKit's words
 * @param lastSeenAt of what is gone, the last evidence that it was there
 */
public record FindingSaid(
    String participantSid,
    String participantIdentity,
    String egressId,
    String status,
    Instant lastSeenAt) {
  private static final FindingSaid NOTHING = new FindingSaid(null, null, null, null, null);

  /**
   * Reads what {@link Finding} wrote.
   *
   * @param body of the raw event; one that cannot be read says nothing
   */
  public static FindingSaid of(byte[] body) {
    try {
      return switch (FindingReader.read(Json.object(body))) {
        case RoomListed listed -> NOTHING;
        case RoomGone gone -> new FindingSaid(null, null, null, null, gone.lastSeenAt());
        case ParticipantListed listed -> of(listed.participant(), listed.state(), null);
        case ParticipantGone gone -> of(gone.participant(), null, gone.lastSeenAt());
        case EgressListed listed ->
            new FindingSaid(null, null, listed.egress().id(), listed.egress().status(), null);
        case EgressGone gone -> new FindingSaid(null, null, gone.egressId(), null, null);
      };
    } catch (Unfit unfit) {
      return NOTHING;
    }
  }

  private static FindingSaid of(
      WebhookEvent.Participant participant, String status, Instant lastSeenAt) {
    return new FindingSaid(participant.sid(), participant.identity(), null, status, lastSeenAt);
  }
}
