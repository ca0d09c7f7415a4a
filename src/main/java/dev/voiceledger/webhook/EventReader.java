package dev.voiceledger.webhook;

import static dev.voiceledger.webhook.Json.at;
import static dev.voiceledger.webhook.Json.id;
import static dev.voiceledger.webhook.Json.integer;
import static dev.voiceledger.webhook.Json.millis;
import static dev.voiceledger.webhook.Json.name;
import static dev.voiceledger.webhook.Json.nanos;
import static dev.voiceledger.webhook.Json.objectText;
import static dev.voiceledger.webhook.Json.seconds;
import static dev.voiceledger.webhook.Json.text;
import static dev.voiceledger.webhook.Json.word;

import com.fasterxml.jackson.databind.JsonNode;
import dev.voiceledger.webhook.Json.Unfit;
import dev.voiceledger.webhook.WebhookEvent.Egress;
import dev.voiceledger.webhook.WebhookEvent.EgressChanged;
import dev.voiceledger.webhook.WebhookEvent.Ignored;
import dev.voiceledger.webhook.WebhookEvent.Participant;
import dev.voiceledger.webhook.WebhookEvent.ParticipantConnectionAborted;
import dev.voiceledger.webhook.WebhookEvent.ParticipantJoined;
import dev.voiceledger.webhook.WebhookEvent.ParticipantLeft;
import dev.voiceledger.webhook.WebhookEvent.Room;
import dev.voiceledger.webhook.WebhookEvent.RoomFinished;
import dev.voiceledger.webhook.WebhookEvent.RoomStarted;
import dev.voiceledger.webhook.WebhookEvent.Source;
import dev.voiceledger.webhook.WebhookEvent.TrackChanged;
import dev.voiceledger.webhook.WebhookEvent.Unreadable;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/** From an authentic body to an event. Whatever the bytes are, the answer is an event. */
final class EventReader {
  private static final int EVENT_ID_CHARS_MAX = 255;
  private static final String[] KINDS = {
    "STANDARD", "INGRESS", "EGRESS", "SIP", "AGENT", null, null, "CONNECTOR", "BRIDGE"
  };
  private static final String[] REASONS = {
    "UNKNOWN_REASON",
    "CLIENT_INITIATED",
    "DUPLICATE_IDENTITY",
    "SERVER_SHUTDOWN",
    "PARTICIPANT_REMOVED",
    "ROOM_DELETED",
    "STATE_MISMATCH",
    "JOIN_FAILURE",
    "MIGRATION",
    "SIGNAL_CLOSE",
    "ROOM_CLOSED",
    "USER_UNAVAILABLE",
    "USER_REJECTED",
    "SIP_TRUNK_FAILURE",
    "CONNECTION_TIMEOUT",
    "MEDIA_FAILURE",
    "AGENT_ERROR"
  };
  private static final String[] EGRESS_STATUSES = {
    "EGRESS_STARTING",
    "EGRESS_ACTIVE",
    "EGRESS_ENDING",
    "EGRESS_COMPLETE",
    "EGRESS_FAILED",
    "EGRESS_ABORTED",
    "EGRESS_LIMIT_REACHED"
  };
  private static final List<String> FINISHED = List.of("EGRESS_COMPLETE", "EGRESS_LIMIT_REACHED");

  private EventReader() {}

  /**
   * Reads a body.
   *
   * @param hash the id of a body that has none to use: see {@link #hash}
   */
  static WebhookEvent read(byte[] body, String hash) {
    JsonNode json = Json.object(body);
    if (json.isMissingNode()) {
      return new Ignored(new Source(hash, null, null), null, "the body is no JSON object");
    }
    String id = Json.at(json, "id").textValue();
    if (!isUsable(id)) {
      return new Ignored(new Source(hash, nameOf(json), null), null, "the event has no usable id");
    }
    Room room = null;
    try {
      room = room(json);
      return event(json, new Source(id, nameOf(json), seconds(json, "createdAt")), room);
    } catch (Unfit unfit) {
      return new Unreadable(new Source(id, nameOf(json), null), room, unfit.getMessage());
    }
  }

  /** Ids stand in logs and keys: of a bounded length, without NUL, line ends and the like. */
  private static boolean isUsable(String id) {
    return id != null
        && !id.isBlank()
        && id.length() <= EVENT_ID_CHARS_MAX
        && id.chars().noneMatch(Character::isISOControl)
        && Json.clean(id).equals(id);
  }

  /** The id of a body without one: {@code sha256:} and the hex of its digest as it was sent. */
  static String hash(byte[] sha256) {
    return "sha256:" + HexFormat.of().formatHex(sha256);
  }

  private static String nameOf(JsonNode json) {
    return name(json, "event");
  }

  private static WebhookEvent event(JsonNode json, Source source, Room room) {
    return switch (source.name()) {
      case "room_started" -> new RoomStarted(timed(source), sure(room));
      case "room_finished" -> new RoomFinished(timed(source), sure(room));
      case "participant_joined" ->
          new ParticipantJoined(timed(source), sure(room), participant(json));
      case "participant_left" -> new ParticipantLeft(timed(source), sure(room), participant(json));
      case "participant_connection_aborted" ->
          new ParticipantConnectionAborted(timed(source), sure(room), participant(json));
      case "track_published" ->
          new TrackChanged(timed(source), sure(room), thinParticipant(json), true);
      case "track_unpublished" ->
          new TrackChanged(timed(source), sure(room), thinParticipant(json), false);
      case "egress_started", "egress_updated", "egress_ended" ->
          room == null
              ? new Ignored(source, null, "an egress of no room")
              : new EgressChanged(timed(source), room, egress(json));
      case "ingress_started", "ingress_ended" -> new Ignored(source, room, null);
      case "agent_job_started", "agent_job_ended" -> new Ignored(source, room, null);
      case null -> new Ignored(source, room, "the event has no name");
      default -> new Ignored(source, room, "an event name that this version does not know");
    };
  }

  private static Source timed(Source source) {
    if (source.createdAt() == null) {
      throw new Unfit("createdAt is missing");
    }
    return source;
  }

  private static Room sure(Room room) {
    if (room == null) {
      throw new Unfit("room.sid is missing");
    }
    return room;
  }

  /** Egress events name their room in egressInfo, others in room; either may have only a name. */
  static Room room(JsonNode json) {
    JsonNode room = at(json, "room");
    JsonNode egress = at(json, "egressInfo");
    String sid = id(room, "sid");
    if (sid == null) {
      sid = id(egress, "roomId");
    }
    if (sid == null) {
      return null;
    }
    String name = name(room, "name");
    return new Room(
        sid,
        name != null ? name : name(egress, "roomName"),
        millis(room, "creationTimeMs", "creationTime"),
        text(room, "metadata"));
  }

  static Participant thinParticipant(JsonNode json) {
    JsonNode node = at(json, "participant");
    return new Participant(
        sid(node), name(node, "identity"), null, null, null, null, null, false, null);
  }

  static Participant participant(JsonNode json) {
    JsonNode node = at(json, "participant");
    return new Participant(
        sid(node),
        name(node, "identity"),
        name(node, "name"),
        word(node, "kind", KINDS),
        millis(node, "joinedAtMs", "joinedAt"),
        text(node, "metadata"),
        objectText(node, "attributes"),
        at(at(node, "permission"), "recorder").asBoolean(false),
        word(node, "disconnectReason", REASONS));
  }

  private static String sid(JsonNode participant) {
    String sid = id(participant, "sid");
    if (sid == null) {
      throw new Unfit("participant.sid is missing");
    }
    return sid;
  }

  static Egress egress(JsonNode json) {
    JsonNode node = at(json, "egressInfo");
    String egressId = id(node, "egressId");
    if (egressId == null) {
      throw new Unfit("egressInfo.egressId is missing");
    }
    String status = word(node, "status", EGRESS_STATUSES);
    JsonNode file = firstFile(node);
    JsonNode segments = first(node, "segmentResults", "segments");
    JsonNode result = file.isMissingNode() ? segments : file;
    long durationNanos = integer(result, "duration");
    long size = integer(result, "size");
    return new Egress(
        egressId,
        status,
        FINISHED.contains(status) ? url(file, segments) : null,
        nanos(node, "startedAt"),
        nanos(node, "endedAt"),
        nanos(node, "updatedAt"),
        durationNanos <= 0
            ? null
            : (int) Math.min(Duration.ofNanos(durationNanos).toSeconds(), Integer.MAX_VALUE),
        size <= 0 ? null : size,
        text(node, "error"));
  }

  private static JsonNode firstFile(JsonNode egress) {
    return first(egress, "fileResults", "file");
  }

  /** Results are lists; older servers had one of each, outside a list. */
  private static JsonNode first(JsonNode egress, String list, String single) {
    JsonNode inList = at(egress, list).path(0);
    return inList.isMissingNode() ? at(egress, single) : inList;
  }

  private static String url(JsonNode file, JsonNode segments) {
    return Stream.of(text(file, "location"), text(segments, "playlistLocation"))
        .filter(Objects::nonNull)
        .findFirst()
        .orElse(null);
  }
}
