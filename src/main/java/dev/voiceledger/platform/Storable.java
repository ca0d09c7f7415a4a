package dev.voiceledger.platform;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;

/** What PostgreSQL can hold as text and as jsonb, asked before it refuses. */
final class Storable {
  private static final int DEPTH_MAX = 50;
  private static final int DIGITS_MAX = 1_000;
  static final String TEXT = "neither the character NUL nor half of a surrogate pair can be stored";
  static final String JSON =
      "at most " + DEPTH_MAX + " levels and " + DIGITS_MAX + " digits a number; " + TEXT;

  private Storable() {}

  /** Whether PostgreSQL can hold a text. */
  static boolean is(String text) {
    return text.indexOf(0) < 0 && UTF_8.newEncoder().canEncode(text);
  }

  /** Whether it can hold a JSON value with all that is in it. */
  static boolean is(JsonNode value) {
    return is(value, 0);
  }

  private static boolean is(JsonNode value, int depth) {
    if (value.isTextual()) {
      return is(value.textValue());
    }
    if (value.isNumber()) {
      return Math.abs((long) value.decimalValue().scale()) + value.decimalValue().precision()
          < DIGITS_MAX;
    }
    boolean whole = depth < DEPTH_MAX;
    for (var field : value.properties()) {
      whole = whole && is(field.getKey());
    }
    for (JsonNode child : value) {
      whole = whole && is(child, depth + 1);
    }
    return whole;
  }
}
