package dev.voiceledger.ledger;

import dev.voiceledger.call.CallFacts;
import dev.voiceledger.call.ParticipantFacts;
import dev.voiceledger.call.RecordingFacts;
import java.time.Instant;
import java.util.Objects;
import java.util.UUID;

/**
 * One event with what it says: its raw row and its facts go in together or not at all.
 *
 * @param inbox null of what the API says of a call, which is no event
 * @param call null where the event says nothing of a call
 * @param participant null where it says nothing of one
 * @param recording null where it says nothing of one
 */
public record Entry(
    Inbox inbox, CallFacts call, ParticipantFacts participant, RecordingFacts recording) {

  /** What the API says of a call. */
  public static Entry of(CallFacts call) {
    return new Entry(null, call, null, null);
  }

  /** The call that it belongs to; null where it names none. */
  UUID callId() {
    return inbox == null ? call.id() : inbox.callId();
  }

  /** What becomes of an event, in the words of {@code webhook_event_state}. */
  public enum State {
    applied,
    ignored,
    failed
  }

  /**
   * A row of {@code webhook_events}.
   *
   * @param provider who sent it: {@code livekit}
   * @param id the provider's, or {@code sha256:} and the hex of the body where it gave none
   * @param callId of the call that it belongs to; null where it names no room
   * @param error why it was ignored or failed; never holds a part of the body
   * @param createdAt when the provider says that it happened; null where it did not
   * @param body as sent, secrets overwritten
   */
  public record Inbox(
      String provider,
      String id,
      String event,
      String roomSid,
      UUID callId,
      State state,
      String error,
      Instant createdAt,
      byte[] body) {

    public Inbox {
      Objects.requireNonNull(provider);
      Objects.requireNonNull(id);
      Objects.requireNonNull(state);
      Objects.requireNonNull(body);
    }

    Inbox failed(String reason) {
      return new Inbox(provider, id, event, roomSid, callId, State.failed, reason, createdAt, body);
    }
  }

  /** The same event without its facts: kept, and marked as refused. */
  Entry refused(String reason) {
    return new Entry(inbox.failed(reason), null, null, null);
  }
}
