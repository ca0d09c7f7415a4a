package dev.voiceledger.report;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.voiceledger.platform.Problem.Type;
import java.io.IOException;

/**
 * One value of a report as a tree, such as PostgreSQL can hold: texts cleaned, and what only Python
 * calls a number (NaN, Infinity) as text. How much one may be is bounded while it is read, for a
 * tree takes many times the bytes that it came in.
 */
final class Tree {
  static final int VALUES_MAX = 20_000;
  static final int CHARACTERS_MAX = 4_000_000;
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private final JsonParser parser;
  private final String pointer;
  private final Budget budget;
  private int values;
  private long characters;

  private Tree(JsonParser parser, String pointer, Budget budget) {
    this.parser = parser;
    this.pointer = pointer;
    this.budget = budget;
  }

  /** What several values that are kept at once may be together, besides each of them alone. */
  static final class Budget {
    private final int valuesMax;
    private int values;

    Budget(int valuesMax) {
      this.valuesMax = valuesMax;
    }
  }

  /**
   * Reads the value at which the parser stands, to its end.
   *
   * @param pointer where it is, should it be too much
   */
  static JsonNode read(JsonParser parser, String pointer) throws IOException {
    return read(parser, pointer, new Budget(VALUES_MAX));
  }

  /** The same of one of several values that are kept at once. */
  static JsonNode read(JsonParser parser, String pointer, Budget budget) throws IOException {
    return new Tree(parser, pointer, budget).value();
  }

  private JsonNode value() throws IOException {
    if (++values > VALUES_MAX) {
      throw Type.INVALID_FIELDS.at(pointer, "at most " + VALUES_MAX + " values in one");
    }
    if (++budget.values > budget.valuesMax) {
      throw Type.INVALID_FIELDS.at(pointer, "at most " + budget.valuesMax + " values in all");
    }
    return switch (parser.currentToken()) {
      case START_OBJECT -> object();
      case START_ARRAY -> array();
      case VALUE_STRING -> NODES.textNode(text(parser.getText()));
      case VALUE_NUMBER_INT -> integer();
      case VALUE_NUMBER_FLOAT -> decimal(parser.getDoubleValue());
      case VALUE_TRUE -> NODES.booleanNode(true);
      case VALUE_FALSE -> NODES.booleanNode(false);
      default -> NODES.nullNode();
    };
  }

  private ObjectNode object() throws IOException {
    ObjectNode object = NODES.objectNode();
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String name = text(parser.currentName());
      parser.nextToken();
      object.set(name, value());
    }
    return object;
  }

  private ArrayNode array() throws IOException {
    ArrayNode array = NODES.arrayNode();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      array.add(value());
    }
    return array;
  }

  private JsonNode integer() throws IOException {
    return switch (parser.getNumberType()) {
      case INT -> NODES.numberNode(parser.getIntValue());
      case LONG -> NODES.numberNode(parser.getLongValue());
      default -> NODES.numberNode(parser.getBigIntegerValue());
    };
  }

  private static JsonNode decimal(double number) {
    return Double.isFinite(number)
        ? NODES.numberNode(number)
        : NODES.textNode(Double.toString(number));
  }

  private String text(String given) {
    characters += given.length();
    if (characters > CHARACTERS_MAX) {
      throw Type.INVALID_FIELDS.at(pointer, "at most " + CHARACTERS_MAX + " characters in one");
    }
    return clean(given);
  }

  /** Without NUL, and with U+FFFD for halves of characters: nobody can mend a report. */
  static String clean(String text) {
    if (text.indexOf(0) < 0 && text.codePoints().noneMatch(Tree::isHalf)) {
      return text;
    }
    StringBuilder clean = new StringBuilder(text.length());
    text.codePoints()
        .filter(character -> character != 0)
        .forEach(character -> clean.appendCodePoint(isHalf(character) ? 0xFFFD : character));
    return clean.toString();
  }

  private static boolean isHalf(int character) {
    return character >= Character.MIN_SURROGATE && character <= Character.MAX_SURROGATE;
  }
}
