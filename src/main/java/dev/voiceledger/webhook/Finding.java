package dev.voiceledger.webhook;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.voiceledger.ledger.Entry;
import dev.voiceledger.webhook.Json.Unfit;
import dev.voiceledger.webhook.WebhookEvent.Found;
import dev.voiceledger.webhook.WebhookEvent.ParticipantListed;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/**
 * What the reconciler found at LiveKit, as an event of its own: {@code RC_…} of the provider {@code
 * reconciler}, whose body is what LiveKit answered. Its facts are to be had without the body, since
 * most of what is listed is known already and never written.
 */
public final class Finding {
  private static final byte[] NO_BODY = {};
  private static final List<String> OF_ROOMS =
      List.of("sid", "name", "creation_time", "creation_time_ms");

  private final ObjectNode json;
  private final Found event;
  private final Entry facts;

  private Finding(ObjectNode json) {
    this.json = json;
    try {
      this.event = FindingReader.read(json);
      this.facts = EventFacts.of(event, NO_BODY);
    } catch (Unfit unfit) {
      throw new IllegalArgumentException(unfit.getMessage(), unfit);
    }
  }

  /**
   * A live room.
   *
   * @param at when the listing began
   * @param room as ListRooms has it
   * @throws IllegalArgumentException where it cannot be read; so all of these
   */
  public static Finding roomListed(Instant at, JsonNode room) {
    ObjectNode json = begun(FindingReader.ROOM_LISTED, at);
    json.set("room", room);
    return new Finding(json);
  }

  /**
   * A room that is no longer there.
   *
   * @param lastSeenAt the last evidence of its life
   */
  public static Finding roomGone(Instant at, String sid, String name, Instant lastSeenAt) {
    ObjectNode json = begun(FindingReader.ROOM_GONE, at);
    json.set("room", room(sid, name));
    return new Finding(json.put("last_seen_at_ms", lastSeenAt.toEpochMilli()));
  }

  /**
   * Somebody in a live room.
   *
   * @param room as ListRooms has it
   * @param participant as ListParticipants has it
   */
  public static Finding participantListed(Instant at, JsonNode room, JsonNode participant) {
    ObjectNode json = begun(FindingReader.PARTICIPANT_LISTED, at);
    ObjectNode thin = json.putObject("room");
    OF_ROOMS.stream().filter(room::has).forEach(field -> thin.set(field, room.get(field)));
    json.set("participant", participant);
    return new Finding(json);
  }

  /**
   * Somebody who is no longer in a room that goes on.
   *
   * @param room as ListRooms has it
   * @param lastSeenAt the last evidence of its being there
   */
  public static Finding participantGone(
      Instant at, JsonNode room, String sid, String identity, Instant lastSeenAt) {
    ObjectNode json = begun(FindingReader.PARTICIPANT_GONE, at);
    json.set("room", room(room.path("sid").asText(), room.path("name").asText()));
    json.putObject("participant").put("sid", sid).put("identity", identity);
    return new Finding(json.put("last_seen_at_ms", lastSeenAt.toEpochMilli()));
  }

  /**
   * An egress.
   *
   * @param egress as ListEgress has it
   */
  public static Finding egressListed(Instant at, JsonNode egress) {
    ObjectNode json = begun(FindingReader.EGRESS_LISTED, at);
    json.set("egress_info", egress);
    return new Finding(json);
  }

  /** An egress that LiveKit does not know, of a call that is over. */
  public static Finding egressGone(Instant at, String roomSid, String egressId) {
    ObjectNode json = begun(FindingReader.EGRESS_GONE, at);
    json.putObject("egress_info").put("egress_id", egressId).put("room_id", roomSid);
    return new Finding(json);
  }

  /** Ids grow with time, so that of two listings of one second the later has the greater key. */
  private static ObjectNode begun(String event, Instant at) {
    long random = ThreadLocalRandom.current().nextLong();
    return JsonNodeFactory.instance
        .objectNode()
        .put("id", "RC_%012x%016x".formatted(at.toEpochMilli(), random))
        .put("event", event)
        .put("created_at_ms", at.toEpochMilli());
  }

  private static ObjectNode room(String sid, String name) {
    return JsonNodeFactory.instance.objectNode().put("sid", sid).put("name", name);
  }

  /** {@code room_listed} and the like. */
  public String name() {
    return event.source().name();
  }

  /** What it is about: of two findings with the same subject the later one says the same anew. */
  public String subject() {
    String of =
        facts.participant() != null
            ? facts.participant().sid()
            : facts.recording() != null ? facts.recording().egressId() : "";
    return facts.call().id() + " " + name() + " " + of;
  }

  /** What it says, to be compared with the rows; to be written is {@link #entry}. */
  public Entry facts() {
    return facts;
  }

  /** LiveKit's word for how far a participant has come; of a participant that is listed. */
  public String state() {
    return ((ParticipantListed) event).state();
  }

  /** The event with its body, secrets overwritten. */
  public Entry entry() {
    byte[] body = json.toString().getBytes(UTF_8);
    Secrets.overwrite(body);
    return EventFacts.of(event, body);
  }
}
