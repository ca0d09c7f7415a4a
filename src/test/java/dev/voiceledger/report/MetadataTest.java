package dev.voiceledger.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Metadata of any size end within their bounds, and measuring them takes no longer for it. */
class MetadataTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  private static JsonNode of(ObjectNode fields) throws Exception {
    String text = Metadata.of(fields);
    assertTrue(text.length() <= Metadata.CHARACTERS_MAX, "" + text.length());
    JsonNode read = JSON.readTree(text);
    assertTrue(read.size() <= Metadata.FIELDS_MAX);
    return read;
  }

  private static ObjectNode fields(int count, int length) {
    ObjectNode fields = JSON.createObjectNode();
    IntStream.range(0, count).forEach(i -> fields.put("f" + i, "x".repeat(length)));
    return fields;
  }

  @Test
  void what_fits_stays_as_it_is() throws Exception {
    ObjectNode fields = fields(Metadata.FIELDS_MAX, 10);
    assertEquals(fields.deepCopy(), of(fields));
  }

  @Test
  void the_largest_are_left_out_and_named() throws Exception {
    ObjectNode fields =
        fields(90, 10).put("big", "x".repeat(250_000)).put("bigger", "\"".repeat(150_000));
    JsonNode read = of(fields);
    assertEquals(JSON.readTree("[\"bigger\"]"), read.get("left_out"));
    assertEquals(92, read.size());
  }

  @Test
  void of_many_some_are_named() throws Exception {
    JsonNode read = of(fields(19_999, 1).put("\u0001".repeat(300), 7));
    assertEquals(Metadata.FIELDS_MAX, read.size());
    assertEquals(100, read.get("left_out").size());
    assertEquals(100, read.get("left_out").get(0).asText().length());
  }

  /** Counted, not timed: the text of a field is made for the whole and for its own measure. */
  @Test
  void a_field_is_measured_once() throws Exception {
    int[] made = {0};
    ObjectNode fields = fields(1_000, 1);
    fields.set("counted", new Counted(made));
    of(fields);
    assertTrue(made[0] <= 3, "written " + made[0] + " times");
  }

  private static final class Counted extends TextNode {
    private final int[] made;

    Counted(int[] made) {
      super("x");
      this.made = made;
    }

    @Override
    public String toString() {
      made[0]++;
      return super.toString();
    }
  }

  @Test
  void a_list_of_the_sender_s_own_is_not_taken_for_ours() throws Exception {
    for (JsonNode own :
        new JsonNode[] {
          JSON.createArrayNode().add("x".repeat(263_000)),
          TextNode.valueOf("x"),
          JSON.createArrayNode().add("y")
        }) {
      ObjectNode fields = fields(2, 10);
      fields.set("left_out", own);
      assertEquals(fields(2, 10), of(fields));
    }
    ObjectNode many = fields(200, 10);
    many.putArray("left_out").add("x".repeat(263_000));
    assertFalse(of(many).get("left_out").toString().contains("xx"));
  }
}
