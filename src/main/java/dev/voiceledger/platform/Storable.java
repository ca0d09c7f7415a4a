package dev.voiceledger.platform;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.regex.Pattern;

/** What PostgreSQL can hold as text and as jsonb, asked before it refuses. */
final class Storable {
  private static final int NAME_SHOWN_MAX = 100;

  /** NUL and halves of surrogate pairs. */
  private static final Pattern UNREADABLE = Pattern.compile("[\\x00\\p{Cs}]");

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
    return wrongPlace(value) == null;
  }

  /**
   * The first place in a JSON value that cannot be held, as RFC 6901 points at it; null for none.
   */
  static String wrongPlace(JsonNode value) {
    return wrongPlace(value, "", 0);
  }

  private static String wrongPlace(JsonNode value, String at, int depth) {
    if (value.isContainerNode()) {
      return depth < DEPTH_MAX ? wrongPlaceWithin(value, at, depth + 1) : at;
    }
    boolean holds = value.isTextual() ? is(value.textValue()) : !value.isNumber() || isShort(value);
    return holds ? null : at;
  }

  private static String wrongPlaceWithin(JsonNode container, String at, int depth) {
    for (var field : container.properties()) {
      String place = at + "/" + inPointer(field.getKey());
      String wrong = is(field.getKey()) ? wrongPlace(field.getValue(), place, depth) : place;
      if (wrong != null) {
        return wrong;
      }
    }
    for (int i = 0; container.isArray() && i < container.size(); i++) {
      String wrong = wrongPlace(container.get(i), at + "/" + i, depth);
      if (wrong != null) {
        return wrong;
      }
    }
    return null;
  }

  private static boolean isShort(JsonNode number) {
    return Math.abs((long) number.decimalValue().scale()) + number.decimalValue().precision()
        < DIGITS_MAX;
  }

  /**
   * A name as RFC 6901 has it in a pointer; what no reader of the answer could read is replaced.
   */
  static String inPointer(String name) {
    String start = name.substring(0, Math.min(name.length(), NAME_SHOWN_MAX));
    return UNREADABLE.matcher(start).replaceAll("\uFFFD").replace("~", "~0").replace("/", "~1");
  }
}
