package dev.voiceledger.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;

/**
 * Names of fields. Python's reports and newer Node ones have them in snake_case; items in those of
 * older Node versions are in camelCase, with {@code args} for the arguments of a call.
 */
final class Names {
  /** Within these the names are LiveKit's too; all else within an item is somebody's own. */
  private static final Map<String, String> OF_LIVEKIT =
      Map.of(
          "metrics", "",
          "llm_metadata", "",
          "tts_metadata", "",
          "stt_metadata", "");

  private Names() {}

  /** The same item with all names as Python has them; a field that is null is not there. */
  static ObjectNode snakeCase(ObjectNode given) {
    ObjectNode named = JsonNodeFactory.instance.objectNode();
    given
        .properties()
        .forEach(field -> {
          String name = snakeCase(field.getKey());
          JsonNode value = field.getValue();
          if (!value.isNull()) {
            boolean within = OF_LIVEKIT.containsKey(name) && value.isObject();
            named.set(name, within ? snakeCase((ObjectNode) value) : value);
          }
        });
    return named;
  }

  private static String snakeCase(String camelCase) {
    if (camelCase.equals("args")) {
      return "arguments";
    }
    StringBuilder snake = new StringBuilder(camelCase.length() + 4);
    for (int i = 0; i < camelCase.length(); i++) {
      char c = camelCase.charAt(i);
      boolean upper = c >= 'A' && c <= 'Z';
      if (upper && i > 0) {
        snake.append('_');
      }
      snake.append(upper ? Character.toLowerCase(c) : c);
    }
    return snake.toString();
  }
}
