package dev.voiceledger.livekit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.voiceledger.livekit.LiveKitDouble.Asked;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;

/**
 * The methods of LiveKit's API that the service uses, over rooms, people and egresses in memory,
 * spelled as a real server spells them. What a test is given of them it may change.
 */
public final class RoomsInMemory {
  static final String NOT_FOUND =
      "{\"code\":\"not_found\",\"msg\":\"requested room does not exist\"}";
  static final String NO_EGRESS =
      "{\"code\":\"internal\",\"msg\":\"egress not connected (redis required)\"}";
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Map<String, String> GRANTS =
      Map.of(
          "ListRooms", "roomList",
          "ListParticipants", "roomAdmin",
          "ListEgress", "roomRecord");
  private static final Set<String> ENDED =
      Set.of("EGRESS_COMPLETE", "EGRESS_FAILED", "EGRESS_ABORTED", "EGRESS_LIMIT_REACHED");

  private static final long FIRST_MS = 1_790_000_000_123L;
  private static final long LATER_MS = 1_000;

  /** How many rooms of a name there were: each is made later than the one before. */
  private final Map<String, Integer> made = new ConcurrentHashMap<>();

  private final SortedMap<String, ObjectNode> rooms = new ConcurrentSkipListMap<>();
  private final Map<String, SortedMap<String, ObjectNode>> people = new ConcurrentHashMap<>();
  private final Map<String, ObjectNode> egresses = new ConcurrentHashMap<>();
  private final Map<String, Runnable> first = new ConcurrentHashMap<>();
  private final Set<String> broken = ConcurrentHashMap.newKeySet();

  /** Whether the token's grant is the one that the method wants, for that room where it has one. */
  static boolean allows(Asked request) {
    JsonNode video = request.claims().path("video");
    String grant = GRANTS.getOrDefault(request.method(), "roomCreate");
    return video.path(grant).asBoolean()
        && (!grant.equals("roomAdmin")
            || video.path("room").asText().equals(request.message().path("room").asText()));
  }

  /** The sids of the rooms that live, by name. */
  Map<String, String> sids() {
    Map<String, String> sids = new TreeMap<>();
    rooms.forEach((name, room) -> sids.put(name, room.path("sid").asText()));
    return sids;
  }

  /** A live room of this name, as ListRooms has it. */
  public ObjectNode open(String name) {
    return rooms.computeIfAbsent(name, this::room);
  }

  /** The room is no more, and nobody is told. */
  public void vanish(String name) {
    rooms.remove(name);
    people.remove(name);
  }

  /** As when the server is killed. */
  public void crash() {
    rooms.clear();
    people.clear();
    egresses.clear();
    broken.clear();
  }

  /** Somebody is in a room: as ListParticipants has them. */
  public ObjectNode join(String room, String identity) {
    ObjectNode participant =
        JSON.createObjectNode()
            .put("sid", "PA_" + UUID.randomUUID().toString().substring(24))
            .put("identity", identity)
            .put("state", "ACTIVE")
            .put("metadata", "")
            .put("joined_at", "1790000001")
            .put("name", "")
            .put("kind", "STANDARD")
            .put("disconnect_reason", "UNKNOWN_REASON")
            .put("joined_at_ms", "1790000001456");
    participant.putArray("tracks");
    participant.putObject("attributes");
    participant.putObject("permission").put("hidden", false).put("recorder", false);
    crowd(room).put(identity, participant);
    return participant;
  }

  private SortedMap<String, ObjectNode> crowd(String room) {
    return people.computeIfAbsent(room, unknown -> new ConcurrentSkipListMap<>());
  }

  /** Somebody is gone, and nobody is told. */
  public void leave(String room, String identity) {
    crowd(room).remove(identity);
  }

  /** A microphone of a participant, to be muted. */
  public static ObjectNode microphone(ObjectNode participant) {
    return participant
        .withArray("tracks")
        .addObject()
        .put("sid", "TR_" + UUID.randomUUID().toString().substring(24))
        .put("type", "AUDIO")
        .put("muted", false)
        .put("source", "MICROPHONE");
  }

  /** An egress of a room, as ListEgress has it. */
  public ObjectNode record(String egressId, String roomSid, String status) {
    ObjectNode egress =
        JSON.createObjectNode()
            .put("egress_id", egressId)
            .put("room_id", roomSid)
            .put("room_name", "")
            .put("status", status)
            .put("started_at", "1790000002000000000")
            .put("ended_at", "0")
            .put("updated_at", "1790000003000000000")
            .put("error", "");
    egress.putArray("file_results");
    egresses.put(egressId, egress);
    return egress;
  }

  /** Hangs up when it is asked this, until it {@link #mends} or crashes. */
  public void breaks(String method) {
    broken.add(method);
  }

  /** The same, where it is asked about this room. */
  public void breaks(String method, String room) {
    broken.add(method + " " + room);
  }

  public void mends() {
    broken.clear();
  }

  /** As a LiveKit that has no Redis, until it crashes. */
  public void withoutEgress() {
    broken.add(NO_EGRESS);
  }

  boolean isWithoutEgress() {
    return broken.contains(NO_EGRESS);
  }

  /** Once, before this is answered the next time, something happens. */
  public void before(String method, Runnable something) {
    first.put(method, something);
  }

  /** As LiveKit's server spells it; empty for what is not there. */
  Optional<String> answer(String method, JsonNode message) throws IOException {
    Optional.ofNullable(first.remove(method)).ifPresent(Runnable::run);
    if (broken.contains(method) || broken.contains(method + " " + message.path("room").asText())) {
      throw new IOException("broken on purpose");
    }
    return switch (method) {
      case "CreateRoom" -> Optional.of(open(message.path("name").asText()).toString());
      case "ListRooms" -> Optional.of(list(message.path("names")).toString());
      case "ListParticipants" -> Optional.of(listPeople(message.path("room").asText()).toString());
      case "ListEgress" -> Optional.of(listEgresses(message).toString());
      case "DeleteRoom" ->
          Optional.ofNullable(rooms.remove(message.path("room").asText())).map(gone -> "{}");
      default -> Optional.empty();
    };
  }

  private ObjectNode list(JsonNode names) {
    ObjectNode answer = JSON.createObjectNode();
    ArrayNode listed = answer.putArray("rooms");
    if (names.isEmpty()) {
      rooms.values().forEach(listed::add);
    }
    for (JsonNode name : names) {
      Optional.ofNullable(rooms.get(name.asText())).ifPresent(listed::add);
    }
    return answer;
  }

  private ObjectNode listPeople(String room) {
    ObjectNode answer = JSON.createObjectNode();
    crowd(room).values().forEach(answer.putArray("participants")::add);
    return answer;
  }

  private ObjectNode listEgresses(JsonNode message) {
    ObjectNode answer = JSON.createObjectNode();
    ArrayNode items = answer.putArray("items");
    String id = message.path("egress_id").asText();
    boolean active = message.path("active").asBoolean();
    egresses.values().stream()
        .filter(egress -> id.isEmpty() || egress.path("egress_id").asText().equals(id))
        .filter(egress -> !active || !ENDED.contains(egress.path("status").asText()))
        .forEach(items::add);
    return answer;
  }

  private ObjectNode room(String name) {
    long createdMs = FIRST_MS + (made.merge(name, 1, Integer::sum) - 1) * LATER_MS;
    ObjectNode room =
        JSON.createObjectNode()
            .put("sid", "RM_" + UUID.randomUUID().toString().substring(24))
            .put("name", name)
            .put("empty_timeout", 300)
            .put("creation_time", "" + createdMs / 1_000)
            .put("turn_password", "hidden")
            .put("metadata", "")
            .put("num_participants", 0)
            .put("creation_time_ms", "" + createdMs);
    room.putArray("enabled_codecs");
    return room;
  }
}
