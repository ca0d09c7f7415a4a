package dev.voiceledger.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/**
 * Who says what in an item: people and agents their words, tools what they were asked and answered,
 * and a plain sentence for what happened between.
 */
record Wording(String role, String content) {
  private static final Set<String> ROLES = Set.of("user", "assistant", "system");
  private static final int NAME_MAX = 200;
  static final int CONTENT_MAX = 2_000_000;

  /**
   * Takes from an item's fields what becomes the message's own; all others stay for its metadata.
   */
  static Wording of(ObjectNode item) {
    String type = textOf(item.path("type"));
    Wording wording =
        switch (type) {
          case "message" -> message(item);
          case "function_call" -> new Wording("function", text(item, "name") + arguments(item));
          case "function_call_output" -> new Wording("function", textOf(item.remove("output")));
          case "agent_handoff" -> new Wording("system", handoff(item));
          case "agent_config_update" -> new Wording("system", configuration(item));
          default -> new Wording("system", shortened(type));
        };
    return wording.content.length() <= CONTENT_MAX ? wording : wording.cut(item);
  }

  private Wording cut(ObjectNode item) {
    item.put("content_cut_from", content.length());
    int end = Character.isHighSurrogate(content.charAt(CONTENT_MAX - 1)) ? 1 : 0;
    return new Wording(role, content.substring(0, CONTENT_MAX - end));
  }

  /** LiveKit's own text of a message is its parts, one a line. */
  private static Wording message(ObjectNode item) {
    item.remove("type");
    String role = item.path("role").asText("");
    if (ROLES.contains(role)) {
      item.remove("role");
    }
    List<String> lines = new ArrayList<>();
    ArrayNode others = item.arrayNode();
    JsonNode content = item.remove("content");
    Iterable<JsonNode> parts =
        content == null ? List.of() : content.isArray() ? content : List.of(content);
    parts.forEach(part -> addPart(part, lines, others));
    if (!others.isEmpty()) {
      item.set("parts", others);
    }
    return new Wording(ROLES.contains(role) ? role : "system", String.join("\n", lines));
  }

  /** Of what is no text its words, where it has some; the rest is noted, without its bytes. */
  private static void addPart(JsonNode part, List<String> lines, ArrayNode others) {
    String words =
        switch (part.path("type").asText("")) {
          case "audio_content" -> part.path("transcript").textValue();
          case "instructions" -> part.path("audio").textValue();
          default -> part.textValue();
        };
    if (words != null) {
      lines.add(words);
    }
    if (!part.isTextual()) {
      if (part instanceof ObjectNode object) {
        object.remove("frame");
        if (object.path("image").asText("").startsWith("data:")) {
          object.remove("image");
        }
      }
      others.add(part);
    }
  }

  private static String arguments(ObjectNode item) {
    JsonNode arguments = item.get("arguments");
    return "(" + (arguments == null ? "" : textOf(arguments)) + ")";
  }

  private static String handoff(ObjectNode item) {
    String from = text(item, "old_agent_id");
    String to = text(item, "new_agent_id");
    return from.isEmpty()
        ? "Agent " + to + " took over"
        : "Agent " + from + " handed over to " + to;
  }

  private static String configuration(ObjectNode item) {
    List<String> changes = new ArrayList<>();
    if (item.has("instructions")) {
      changes.add("new instructions");
    }
    addTools(changes, "tools added: ", item.path("tools_added"));
    addTools(changes, "tools removed: ", item.path("tools_removed"));
    String all = changes.isEmpty() ? "" : ": " + String.join("; ", changes);
    return "Agent configured anew" + all;
  }

  private static void addTools(List<String> changes, String what, JsonNode tools) {
    if (!tools.isEmpty()) {
      changes.add(
          StreamSupport.stream(tools.spliterator(), false)
              .limit(20)
              .map(tool -> shortened(textOf(tool)))
              .collect(Collectors.joining(", ", what, tools.size() > 20 ? ", …" : "")));
    }
  }

  private static String text(ObjectNode item, String field) {
    return shortened(textOf(item.path(field)));
  }

  private static String textOf(JsonNode value) {
    if (value == null || value.isMissingNode() || value.isNull()) {
      return "";
    }
    return value.isTextual() ? value.textValue() : value.toString();
  }

  private static String shortened(String text) {
    return text.codePointCount(0, text.length()) <= NAME_MAX
        ? text
        : text.substring(0, text.offsetByCodePoints(0, NAME_MAX));
  }
}
