package dev.voiceledger.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** What of an item or a usage row has no column, as JSON text of a bounded length. */
final class Metadata {
  static final int CHARACTERS_MAX = 262_144;

  static final int FIELDS_MAX = 100;
  private static final int NAME_MAX = 100;
  private static final int NAMED_MAX = 100;
  private static final String LEFT_OUT = "left_out";

  /** Of the braces and of the list without its names. */
  private static final int FRAME = "{'left_out':[]}".length();

  private Metadata() {}

  /**
   * All fields that say something; of too many the largest are left out, and the first of these are
   * named as such. That name is ours: what a sender says by it is left out as well.
   */
  static String of(ObjectNode fields) {
    fields
        .properties()
        .removeIf(field -> field.getValue().isContainerNode() && field.getValue().isEmpty());
    fields.remove(LEFT_OUT);
    String text = fields.toString();
    return text.length() <= CHARACTERS_MAX && fields.size() <= FIELDS_MAX ? text : fewer(fields);
  }

  /** Each field is measured once: there may be many. */
  private static String fewer(ObjectNode fields) {
    List<Field> largest = new ArrayList<>();
    fields.properties().forEach(field -> largest.add(Field.of(field.getKey(), field.getValue())));
    largest.sort(Comparator.comparingInt(Field::length).reversed());
    long length = FRAME + largest.stream().mapToLong(Field::length).sum();
    List<String> leftOut = new ArrayList<>();
    for (Field field : largest) {
      if (length <= CHARACTERS_MAX && fields.size() < FIELDS_MAX) {
        break;
      }
      fields.remove(field.name());
      length -= field.length();
      if (leftOut.size() < NAMED_MAX) {
        String name = cut(field.name());
        leftOut.add(name);
        length += quoted(name) + 1;
      }
    }
    leftOut.forEach(fields.putArray(LEFT_OUT)::add);
    return fields.toString();
  }

  private static String cut(String name) {
    int end = Math.min(NAME_MAX, name.length());
    boolean half = end < name.length() && Character.isHighSurrogate(name.charAt(end - 1));
    return name.substring(0, half ? end - 1 : end);
  }

  private static int quoted(String text) {
    return TextNode.valueOf(text).toString().length();
  }

  private record Field(String name, int length) {
    static Field of(String name, JsonNode value) {
      return new Field(name, quoted(name) + value.toString().length() + 2);
    }
  }
}
