package dev.voiceledger.join;

import com.fasterxml.jackson.databind.JsonNode;
import dev.voiceledger.livekit.Agent;
import dev.voiceledger.platform.Fields;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The body of LiveKit's token endpoint. What clients may not set in {@code room_config} is refused,
 * recordings above all; what newer clients send beside the known fields is left alone.
 *
 * @param roomName null where the client leaves it to us
 * @param identity null where the client leaves it to us
 */
record TokenRequest(
    String roomName,
    String identity,
    String name,
    String metadata,
    Map<String, String> attributes,
    RoomConfig room) {
  private static final int NAME_MAX = 256;

  /** LiveKit's clients put the token into an address. */
  private static final int IN_TOKEN_MAX = 4_096;

  private static final int AGENTS_MAX = 8;
  private static final int ROOM_METADATA_MAX = 65_536;
  private static final int TIMEOUT_SECONDS_MAX = 86_400;
  private static final int PARTICIPANTS_MAX = 100_000;

  /** Of LiveKit's RoomConfiguration what a client may choose. */
  record RoomConfig(
      String metadata,
      Integer emptyTimeoutSeconds,
      Integer departureTimeoutSeconds,
      Integer maxParticipants,
      List<Agent> agents) {}

  static TokenRequest of(byte[] body) {
    Fields fields = Fields.of(body);
    TokenRequest request =
        new TokenRequest(
            named(fields, "room_name"),
            named(fields, "participant_identity"),
            fields.name("participant_name", NAME_MAX),
            fields.text("participant_metadata", IN_TOKEN_MAX),
            texts(fields, "participant_attributes"),
            config(fields.object("room_config")));
    fields.done();
    return request;
  }

  /** Some clients send what they have nothing to say in. */
  private static String named(Fields fields, String name) {
    String text = fields.name(name, NAME_MAX);
    return text == null || text.isEmpty() ? null : text;
  }

  private static RoomConfig config(Fields fields) {
    if (fields == null) {
      return new RoomConfig(null, null, null, null, List.of());
    }
    RoomConfig config =
        new RoomConfig(
            fields.text("metadata", ROOM_METADATA_MAX),
            fields.integer("empty_timeout", 0, TIMEOUT_SECONDS_MAX),
            fields.integer("departure_timeout", 0, TIMEOUT_SECONDS_MAX),
            fields.integer("max_participants", 0, PARTICIPANTS_MAX),
            fields.objects("agents", AGENTS_MAX).stream().map(TokenRequest::agent).toList());
    fields.andNoOther();
    return config;
  }

  /** An object whose values are all text; empty where it is not given. */
  private static Map<String, String> texts(Fields fields, String name) {
    Map<String, String> texts = new LinkedHashMap<>();
    JsonNode json = fields.json(name, IN_TOKEN_MAX);
    if (json != null) {
      json.properties().forEach(entry -> texts.put(entry.getKey(), entry.getValue().textValue()));
    }
    return texts.containsValue(null)
        ? fields.wrong(name, "an object whose values are all text")
        : texts;
  }

  private static Agent agent(Fields fields) {
    Agent agent =
        new Agent(
            fields.name("agent_name", NAME_MAX),
            fields.text("metadata", IN_TOKEN_MAX),
            texts(fields, "attributes"),
            fields.name("deployment", NAME_MAX));
    fields.andNoOther();
    return agent;
  }

  /** The agent that is to come; null for none. */
  String agentNamed() {
    return room.agents().stream()
        .map(Agent::agentName)
        .filter(named -> named != null && !named.isEmpty())
        .findFirst()
        .orElse(null);
  }
}
