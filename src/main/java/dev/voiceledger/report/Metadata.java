package dev.voiceledger.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** What of an item or a usage row has no column, as JSON text of a bounded length. */
final class Metadata {
  static final int CHARACTERS_MAX = 262_144;

  /** Room for the list of what was left out. */
  private static final int FIELDS_MAX = 100;

  private static final int NAME_MAX = 100;

  private Metadata() {}

  /** All fields that say something; of too many the largest are left out, and named as such. */
  static String of(ObjectNode fields) {
    fields
        .properties()
        .removeIf(field -> field.getValue().isContainerNode() && field.getValue().isEmpty());
    String text = fields.toString();
    while (text.length() > CHARACTERS_MAX || fields.size() > FIELDS_MAX) {
      String largest = largest(fields);
      fields.remove(largest);
      String name = largest.substring(0, Math.min(NAME_MAX, largest.length()));
      leftOut(fields).add(name);
      text = fields.toString();
    }
    return text;
  }

  private static ArrayNode leftOut(ObjectNode fields) {
    JsonNode list = fields.get("left_out");
    return list instanceof ArrayNode names ? names : fields.putArray("left_out");
  }

  private static String largest(ObjectNode fields) {
    String largest = null;
    int most = -1;
    for (var field : fields.properties()) {
      int length = field.getKey().length() + field.getValue().toString().length();
      if (length > most && !field.getKey().equals("left_out")) {
        most = length;
        largest = field.getKey();
      }
    }
    return largest;
  }
}
