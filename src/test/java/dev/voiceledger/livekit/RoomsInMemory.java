package dev.voiceledger.livekit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/** The three methods of LiveKit's RoomService that the service uses, over rooms in memory. */
final class RoomsInMemory {
  static final String NOT_FOUND =
      "{\"code\":\"not_found\",\"msg\":\"requested room does not exist\"}";
  private static final ObjectMapper JSON = new ObjectMapper();

  private static final long FIRST_MS = 1_790_000_000_123L;
  private static final long LATER_MS = 1_000;

  private final Map<String, String> sids = new ConcurrentHashMap<>();

  /** How many rooms of a name there were: each is made later than the one before. */
  private final Map<String, Integer> made = new ConcurrentHashMap<>();

  /** The grant that a method wants. */
  static String grant(String method) {
    return method.equals("ListRooms") ? "roomList" : "roomCreate";
  }

  /** The sids of the rooms that live, by name. */
  Map<String, String> sids() {
    return Map.copyOf(sids);
  }

  /** As LiveKit's server spells it; empty for what is not there. */
  Optional<String> answer(String method, JsonNode message) {
    return switch (method) {
      case "CreateRoom" -> Optional.of(create(message.path("name").asText()).toString());
      case "ListRooms" -> Optional.of(list(message.path("names")).toString());
      case "DeleteRoom" ->
          Optional.ofNullable(sids.remove(message.path("room").asText())).map(gone -> "{}");
      default -> Optional.empty();
    };
  }

  private ObjectNode create(String name) {
    sids.computeIfAbsent(
        name,
        unknown -> {
          made.merge(name, 1, Integer::sum);
          return "RM_" + UUID.randomUUID().toString().substring(24);
        });
    return room(name);
  }

  private ObjectNode list(JsonNode names) {
    ObjectNode answer = JSON.createObjectNode();
    ArrayNode rooms = answer.putArray("rooms");
    for (JsonNode name : names) {
      if (sids.containsKey(name.asText())) {
        rooms.add(room(name.asText()));
      }
    }
    return answer;
  }

  private ObjectNode room(String name) {
    long createdMs = FIRST_MS + (made.get(name) - 1) * LATER_MS;
    return JSON.createObjectNode()
        .put("sid", sids.get(name))
        .put("name", name)
        .put("empty_timeout", 300)
        .put("creation_time", "" + createdMs / 1_000)
        .put("creation_time_ms", "" + createdMs)
        .put("num_participants", 0)
        .put("turn_password", "hidden");
  }
}
