package dev.voiceledger.join;

import com.fasterxml.jackson.databind.JsonNode;
import dev.voiceledger.livekit.Agent;
import dev.voiceledger.platform.Fields;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * The body of {@code POST /api/v1/calls}; all of it may be left out.
 *
 * @param metadata a JSON object, as text
 * @param emptyTimeoutSeconds how long the room waits for the first to come
 * @param agents none or one
 */
record NewCall(
    String title,
    String metadata,
    Integer maxParticipants,
    Integer emptyTimeoutSeconds,
    List<Agent> agents,
    String participantName,
    List<UUID> invitedUserIds) {
  private static final int TITLE_MAX = 1_000;
  private static final int JSON_MAX = 65_536;
  private static final int NAME_MAX = 256;
  private static final int INVITED_MAX = 1_000;
  private static final int PARTICIPANTS_MAX = 100_000;
  private static final int TIMEOUT_SECONDS_MAX = 86_400;

  static NewCall of(byte[] body) {
    Fields fields = Fields.of(body);
    JsonNode metadata = fields.json("metadata", JSON_MAX);
    List<UUID> invited = fields.uuids("invited_user_ids", INVITED_MAX);
    NewCall call =
        new NewCall(
            fields.text("title", TITLE_MAX),
            metadata == null ? "{}" : metadata.toString(),
            fields.integer("max_participants", 0, PARTICIPANTS_MAX),
            fields.integer("empty_timeout", 1, TIMEOUT_SECONDS_MAX),
            agents(fields),
            fields.name("participant_name", NAME_MAX),
            invited == null ? List.of() : invited);
    fields.andNoOther().done();
    return call;
  }

  private static List<Agent> agents(Fields fields) {
    String name = fields.name("agent_name", NAME_MAX);
    String metadata = fields.text("agent_metadata", JSON_MAX);
    if (name == null || name.isEmpty()) {
      if (metadata != null) {
        fields.wrong("agent_metadata", "only with an agent_name");
      }
      return List.of();
    }
    return List.of(new Agent(name, metadata, Map.of(), null));
  }

  /** The agent that is to come; null for none. */
  String agentNamed() {
    return agents.isEmpty() ? null : agents.getFirst().agentName();
  }
}
