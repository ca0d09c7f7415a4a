package dev.voiceledger.webhook;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A call in the spelling of LiveKit's server, and the other spelling that protojson takes. */
final class Spellings {
  private static final long AT = 1_790_000_000L;
  private static final Map<String, Integer> NUMBERS =
      Map.of("AGENT", 4, "ROOM_DELETED", 5, "EGRESS_COMPLETE", 3);
  private static final Pattern LONG = Pattern.compile("[0-9]{2,}");

  private Spellings() {}

  /** A call as LiveKit's server spells it. */
  static List<String> call(String sid) {
    Webhooks joined = agent("participant_joined", sid, 2);
    Webhooks left = agent("participant_left", sid, 9);
    left.participant().put("disconnectReason", "ROOM_DELETED");
    Webhooks recorder =
        Webhooks.participant("participant_joined", sid, "w9", "PA_2", "rec", AT * 1000 + 1, AT);
    recorder.participant().putObject("permission").put("recorder", true);
    Webhooks egress =
        Webhooks.egress("egress_ended", sid, "w9", "EG_1", "EGRESS_COMPLETE", AT + 12);
    egress.egressInfo().put("startedAt", AT + 3 + "000000000").put("endedAt", AT + 9 + "000000000");
    ObjectNode file = egress.egressInfo().putArray("fileResults").addObject();
    file.put("location", "s3://x.mp4").put("duration", "7000000000").put("size", "123456");
    return Stream.of(
            Webhooks.roomStarted(sid, "w9", AT * 1000 + 321, AT),
            joined,
            left,
            recorder,
            egress,
            Webhooks.roomFinished(sid, "w9", AT * 1000 + 321, AT + 10))
        .map(event -> event.json().toString())
        .toList();
  }

  private static Webhooks agent(String event, String sid, long second) {
    Webhooks webhook =
        Webhooks.participant(event, sid, "w9", "PA_1", "agent 1", AT * 1000 + 654, AT + second);
    webhook.kind("AGENT").participant().withObject("/attributes").put("camelKey", "7");
    return webhook;
  }

  /** snake_case keys, integers as numbers, enums as numbers; maps of people stay as they are. */
  static String other(String body) {
    try {
      return other(Webhooks.JSON.readTree(body)).toString();
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(body, e);
    }
  }

  private static JsonNode other(JsonNode node) {
    if (node.isTextual() && LONG.matcher(node.textValue()).matches()) {
      return Webhooks.JSON.getNodeFactory().numberNode(Long.parseLong(node.textValue()));
    }
    if (node.isTextual() && NUMBERS.containsKey(node.textValue())) {
      return Webhooks.JSON.getNodeFactory().numberNode(NUMBERS.get(node.textValue()));
    }
    if (node.isArray()) {
      ArrayNode array = Webhooks.JSON.createArrayNode();
      node.forEach(item -> array.add(other(item)));
      return array;
    }
    if (!node.isObject()) {
      return node;
    }
    ObjectNode object = Webhooks.JSON.createObjectNode();
    node.properties()
        .forEach(e ->
            object.set(
                snake(e.getKey()),
                e.getKey().equals("attributes") ? e.getValue() : other(e.getValue())));
    return object;
  }

  private static String snake(String camel) {
    return camel.replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT);
  }
}
