package dev.voiceledger.webhook;

import static java.util.regex.Pattern.DOTALL;

import dev.voiceledger.call.CallFacts;
import dev.voiceledger.call.InfoKey;
import dev.voiceledger.call.ParticipantFacts;
import dev.voiceledger.call.RecordingFacts;
import dev.voiceledger.call.RoomSid;
import dev.voiceledger.ledger.Entry;
import dev.voiceledger.ledger.Entry.Inbox;
import dev.voiceledger.ledger.Entry.State;
import dev.voiceledger.webhook.WebhookEvent.EgressChanged;
import dev.voiceledger.webhook.WebhookEvent.EgressGone;
import dev.voiceledger.webhook.WebhookEvent.EgressListed;
import dev.voiceledger.webhook.WebhookEvent.Found;
import dev.voiceledger.webhook.WebhookEvent.Ignored;
import dev.voiceledger.webhook.WebhookEvent.Participant;
import dev.voiceledger.webhook.WebhookEvent.ParticipantConnectionAborted;
import dev.voiceledger.webhook.WebhookEvent.ParticipantGone;
import dev.voiceledger.webhook.WebhookEvent.ParticipantJoined;
import dev.voiceledger.webhook.WebhookEvent.ParticipantLeft;
import dev.voiceledger.webhook.WebhookEvent.ParticipantListed;
import dev.voiceledger.webhook.WebhookEvent.Room;
import dev.voiceledger.webhook.WebhookEvent.RoomFinished;
import dev.voiceledger.webhook.WebhookEvent.RoomGone;
import dev.voiceledger.webhook.WebhookEvent.RoomListed;
import dev.voiceledger.webhook.WebhookEvent.RoomStarted;
import dev.voiceledger.webhook.WebhookEvent.Source;
import dev.voiceledger.webhook.WebhookEvent.TrackChanged;
import dev.voiceledger.webhook.WebhookEvent.Unreadable;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What an event says, as facts. Pure: the same event yields the same facts at any time. */
final class EventFacts {
  static final String LIVEKIT = "livekit";
  static final String RECONCILER = "reconciler";
  private static final String RECONCILED = "reconciled";

  /** Of two statements within LiveKit's whole second, what comes later by nature. */
  private static final int RANK_BEGIN = 1;

  private static final int RANK_END = 2;

  /** A user's uuid, or {@code uuid:suffix} for a further device of the same user. */
  private static final Pattern USER =
      Pattern.compile("([0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})(?::.*)?", DOTALL);

  private final String provider;
  private final Source source;
  private final Room room;
  private final byte[] body;

  private EventFacts(WebhookEvent event, byte[] body) {
    this.provider = event instanceof Found ? RECONCILER : LIVEKIT;
    this.source = event.source();
    this.room = event.room();
    this.body = body;
  }

  /**
   * The entry that the ledger takes.
   *
   * @param body as sent, secrets overwritten
   */
  static Entry of(WebhookEvent event, byte[] body) {
    return new EventFacts(event, body).entry(event);
  }

  private Entry entry(WebhookEvent event) {
    return switch (event) {
      case RoomStarted _ -> applied(call(RANK_BEGIN, at(), at(), null), null, null);
      case RoomFinished _ -> applied(call(RANK_END, null, null, at()), null, null);
      case ParticipantJoined e ->
          applied(call(RANK_BEGIN, null, at(), null), joined(e.participant()), null);
      case ParticipantLeft e ->
          applied(call(RANK_END, null, null, null), left(e.participant(), true), null);
      case ParticipantConnectionAborted e ->
          applied(call(RANK_END, null, null, null), left(e.participant(), false), null);
      case TrackChanged e ->
          applied(
              call(null, null, e.published() ? at() : null, null),
              thin(e.participant(), e.published()),
              null);
      case EgressChanged e ->
          applied(
              call(null, null, null, null), null, RecordingWords.of(source, callId(), e.egress()));
      case Found found -> found(found);
      case Ignored e -> new Entry(inbox(State.ignored, e.reason()), null, null, null);
      case Unreadable e -> new Entry(inbox(State.failed, e.reason()), null, null, null);
    };
  }

  private Entry found(Found event) {
    return switch (event) {
      case RoomListed _ -> applied(call(RANK_BEGIN, null, at(), null), null, null);
      case RoomGone e ->
          applied(call(null, null, null, null).over(e.lastSeenAt(), RECONCILED), null, null);
      case ParticipantListed e -> applied(call(null, null, at(), null), listed(e), null);
      case ParticipantGone e -> applied(call(null, null, null, null), missed(e), null);
      case EgressListed e ->
          applied(
              call(null, null, null, null), null, RecordingWords.of(source, callId(), e.egress()));
      case EgressGone e ->
          applied(
              call(null, null, null, null),
              null,
              RecordingWords.givenUp(source, callId(), e.egressId()));
    };
  }

  private Instant at() {
    return source.createdAt();
  }

  private UUID callId() {
    return room == null ? null : RoomSid.callId(room.sid());
  }

  private Entry applied(CallFacts call, ParticipantFacts participant, RecordingFacts recording) {
    return new Entry(inbox(State.applied, null), call, participant, recording);
  }

  private Inbox inbox(State state, String error) {
    return new Inbox(
        provider,
        source.id(),
        source.name(),
        room == null ? null : room.sid(),
        callId(),
        state,
        error,
        source.createdAt(),
        body);
  }

  /**
   * @param rank null of a thin room, which says nothing of metadata
   */
  private CallFacts call(Integer rank, Instant restarted, Instant alive, Instant ended) {
    return new CallFacts(
        callId(),
        room.sid(),
        room.name(),
        room.createdAt(),
        at(),
        restarted,
        alive,
        ended,
        rank == null ? null : key(rank),
        room.metadata(),
        null,
        null);
  }

  private ParticipantFacts joined(Participant p) {
    return participant(p, joinedAt(p), at(), null, null, null, info(p, RANK_BEGIN), null);
  }

  /** Only who had been active has joined; LiveKit gives a joinedAt to the others too. */
  private ParticipantFacts left(Participant p, boolean wasActive) {
    Instant joined = wasActive ? joinedAt(p) : null;
    String reason = p.disconnectReason();
    return participant(p, joined, null, at(), null, reason, info(p, RANK_END), null);
  }

  private ParticipantFacts thin(Participant p, boolean alive) {
    return participant(p, null, alive ? at() : null, null, null, null, null, null);
  }

  private ParticipantFacts listed(ParticipantListed e) {
    Participant p = e.participant();
    ParticipantFacts.Mute mute = new ParticipantFacts.Mute(key(RANK_BEGIN), e.muted());
    Instant joined = e.isActive() ? joinedAt(p) : null;
    return participant(p, joined, at(), null, null, null, info(p, RANK_BEGIN), mute);
  }

  private ParticipantFacts missed(ParticipantGone e) {
    return participant(e.participant(), null, null, null, e.lastSeenAt(), null, null, null);
  }

  private Instant joinedAt(Participant p) {
    return p.joinedAt() != null ? p.joinedAt() : at();
  }

  private ParticipantFacts participant(
      Participant p,
      Instant joined,
      Instant alive,
      Instant left,
      Instant missed,
      String reason,
      ParticipantFacts.Info info,
      ParticipantFacts.Mute mute) {
    return new ParticipantFacts(
        callId(),
        p.sid(),
        p.identity(),
        userId(p.identity()),
        joined,
        alive,
        left,
        missed,
        reason,
        info,
        mute);
  }

  /**
   * Listings are cut to the second as webhooks are, so that of one second what ends stands over
   * what a listing saw.
   */
  private String key(int rank) {
    return InfoKey.of(at().truncatedTo(ChronoUnit.SECONDS), rank, source.id());
  }

  private ParticipantFacts.Info info(Participant p, int rank) {
    return new ParticipantFacts.Info(
        key(rank), p.name(), p.kind(), p.recorder(), p.metadata(), p.attributes());
  }

  /** Join tokens of a user carry the user's uuid as identity. */
  private static UUID userId(String identity) {
    if (identity == null) {
      return null;
    }
    Matcher user = USER.matcher(identity);
    return user.matches() ? UUID.fromString(user.group(1)) : null;
  }
}
