package dev.voiceledger.webhook;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.io.IOException;
import java.time.Instant;

/**
 * Reads protojson: keys in camelCase or snake_case, 64-bit integers as strings or numbers, enums by
 * name or number, zero values left out. What PostgreSQL would refuse is cleaned here, so that
 * nobody's name can split a group.
 */
final class Json {
  static final int DEPTH_MAX = 100;

  /** LiveKit's limit is 256 characters; four bytes each, and an index takes no more than 2,704. */
  static final int NAME_BYTES_MAX = 1024;

  private static final long SECONDS_MAX = Instant.parse("2200-01-01T00:00:00Z").getEpochSecond();
  private static final ObjectMapper MAPPER =
      new ObjectMapper(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(DEPTH_MAX)
                          .maxStringLength(4 * 1024 * 1024)
                          .build())
                  .build())
          // An object with something behind it is no JSON to whoever overwrites its secrets.
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  private Json() {}

  /** Something in an event is not what its place asks for. */
  static final class Unfit extends RuntimeException {
    Unfit(String message) {
      super(message, null, false, false);
    }
  }

  /**
   * Whether a parser would take these bytes for UTF-8, as protojson writes. Left to itself, Jackson
   * guesses at UTF-16 and UTF-32 too, and then cannot say at which byte a value stands.
   */
  static boolean isUtf8(byte[] body) {
    for (int i = 0; i < Math.min(4, body.length); i++) {
      if (body[i] == 0 || body[i] == (byte) 0xFE || body[i] == (byte) 0xFF) {
        return false;
      }
    }
    return true;
  }

  /** An object, or a missing node where the bytes are none. */
  static JsonNode object(byte[] body) {
    if (!isUtf8(body)) {
      return MissingNode.getInstance();
    }
    try {
      JsonNode node = MAPPER.readTree(body);
      return node != null && node.isObject() ? node : MissingNode.getInstance();
    } catch (IOException notJson) {
      return MissingNode.getInstance();
    }
  }

  /** A field by its camelCase name, or by the same in snake_case. */
  static JsonNode at(JsonNode node, String camelCase) {
    JsonNode found = node.path(camelCase);
    return found.isMissingNode() ? node.path(snakeCase(camelCase)) : found;
  }

  private static String snakeCase(String camelCase) {
    StringBuilder snake = new StringBuilder(camelCase.length() + 4);
    for (int i = 0; i < camelCase.length(); i++) {
      char c = camelCase.charAt(i);
      if (Character.isUpperCase(c)) {
        snake.append('_').append(Character.toLowerCase(c));
      } else {
        snake.append(c);
      }
    }
    return snake.toString();
  }

  /** Text as sent, cleaned; null where there is none or it is empty, which protojson leaves out. */
  static String text(JsonNode node, String field) {
    String text = at(node, field).textValue();
    String cleaned = text == null ? "" : clean(text);
    return cleaned.isEmpty() ? null : cleaned;
  }

  /** Text of a bounded length, cut where it is longer. */
  static String name(JsonNode node, String field) {
    String text = text(node, field);
    if (text == null || text.length() * 3 <= NAME_BYTES_MAX) {
      return text;
    }
    int end = Math.min(text.length(), NAME_BYTES_MAX); // a character has a byte at least
    if (Character.isHighSurrogate(text.charAt(end - 1))) {
      end--;
    }
    while (text.substring(0, end).getBytes(UTF_8).length > NAME_BYTES_MAX) {
      end = text.offsetByCodePoints(end, -1);
    }
    return text.substring(0, end);
  }

  /** An id: refused, not cut, where it is longer than any that LiveKit gives. */
  static String id(JsonNode node, String field) {
    String text = text(node, field);
    if (text != null && text.getBytes(UTF_8).length > NAME_BYTES_MAX) {
      throw new Unfit(field + " is longer than " + NAME_BYTES_MAX + " bytes");
    }
    return text;
  }

  /** Without NUL, which PostgreSQL cannot hold, and without halves of characters. */
  static String clean(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == 0 || Character.isSurrogate(c)) {
        return new String(text.replace("\0", "").getBytes(UTF_8), UTF_8);
      }
    }
    return text;
  }

  /** A 64-bit integer; 0 where it is left out. */
  static long integer(JsonNode node, String field) {
    JsonNode value = at(node, field);
    if (value.isMissingNode() || value.isNull()) {
      return 0;
    }
    if (value.isIntegralNumber() && value.canConvertToLong()) {
      return value.longValue();
    }
    try {
      return Long.parseLong(value.isTextual() ? value.textValue() : "");
    } catch (NumberFormatException e) {
      throw new Unfit(field + " is not an integer");
    }
  }

  /** Unix seconds; null where they are left out. */
  static Instant seconds(JsonNode node, String field) {
    return instant(field, integer(node, field), 1);
  }

  /** Unix nanoseconds, as egress has them; null where they are left out. */
  static Instant nanos(JsonNode node, String field) {
    return instant(field, integer(node, field), 1_000_000_000);
  }

  /** Unix milliseconds where there are any, else the same in whole seconds. */
  static Instant millis(JsonNode node, String field, String secondsField) {
    Instant exact = instant(field, integer(node, field), 1_000);
    return exact != null ? exact : seconds(node, secondsField);
  }

  private static Instant instant(String field, long value, long unitsPerSecond) {
    if (value == 0) {
      return null;
    }
    long seconds = Math.floorDiv(value, unitsPerSecond);
    if (seconds < 0 || seconds > SECONDS_MAX) {
      throw new Unfit(field + " is no time of this world");
    }
    return Instant.ofEpochSecond(
        seconds, Math.floorMod(value, unitsPerSecond) * (1_000_000_000 / unitsPerSecond));
  }

  /** An enum by name, or by number where it has one that this version does not know. */
  static String word(JsonNode node, String field, String[] words) {
    JsonNode value = at(node, field);
    if (value.isIntegralNumber()) {
      int number = value.canConvertToInt() ? value.intValue() : -1;
      boolean known = number >= 0 && number < words.length && words[number] != null;
      return known ? words[number] : value.asText();
    }
    String word = name(node, field);
    return word != null ? word : words[0];
  }

  /** An object as JSON text, cleaned; {@code {}} where there is none. */
  static String objectText(JsonNode node, String field) {
    JsonNode value = at(node, field);
    return value.isObject() ? cleaned(value).toString() : "{}";
  }

  private static JsonNode cleaned(JsonNode node) {
    if (node.isTextual()) {
      return TextNode.valueOf(clean(node.textValue()));
    }
    if (node.isArray()) {
      ArrayNode array = MAPPER.createArrayNode();
      node.forEach(item -> array.add(cleaned(item)));
      return array;
    }
    if (node.isObject()) {
      ObjectNode object = MAPPER.createObjectNode();
      node.properties().forEach(e -> object.set(clean(e.getKey()), cleaned(e.getValue())));
      return object;
    }
    return node;
  }
}
