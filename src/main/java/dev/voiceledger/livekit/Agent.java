package dev.voiceledger.livekit;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;

/**
 * An agent that LiveKit is to send into a room.
 *
 * @param agentName under which its workers registered
 * @param metadata for the agent's job, as sent; null for none
 * @param attributes of the agent's participant; null or empty for none
 * @param deployment which one of the agent's deployments; null for LiveKit's default
 */
public record Agent(
    String agentName, String metadata, Map<String, String> attributes, String deployment) {

  /** Spelled as Go's protojson writes it: the server API, join tokens and clients all read it. */
  static ArrayNode json(List<Agent> agents) {
    ArrayNode all = JsonNodeFactory.instance.arrayNode(agents.size());
    agents.forEach(agent -> all.add(agent.json()));
    return all;
  }

  private ObjectNode json() {
    ObjectNode json = JsonNodeFactory.instance.objectNode().put("agentName", agentName);
    if (metadata != null) {
      json.put("metadata", metadata);
    }
    if (attributes != null && !attributes.isEmpty()) {
      ObjectNode map = json.putObject("attributes");
      attributes.forEach(map::put);
    }
    if (deployment != null) {
      json.put("deployment", deployment);
    }
    return json;
  }
}
