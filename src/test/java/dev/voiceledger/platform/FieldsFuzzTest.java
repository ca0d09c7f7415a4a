package dev.voiceledger.platform;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.Set;

/**
 * Whatever a body is: its fields within their bounds, or a problem with the caller's part of it.
 * See {@code WebhookFuzzTest} for how it is run.
 */
class FieldsFuzzTest {
  private static final int MAX = 40;

  @FuzzTest(maxDuration = "2m")
  void a_body_is_fields_or_a_problem(byte[] body) {
    try {
      read(Fields.of(body));
    } catch (ProblemException refused) {
      assertEquals(400, refused.problem().status());
    }
  }

  private static void read(Fields fields) {
    String text = fields.text("t", MAX);
    assertTrue(text == null || text.length() <= MAX && Storable.is(text));
    String word = fields.word("w", Set.of("a", "b"));
    assertTrue(word == null || word.matches("[ab]"));
    Integer number = fields.integer("n", 1, 9);
    assertTrue(number == null || number >= 1 && number <= 9);
    fields.uuid("u");
    fields.uuids("us", 3);
    JsonNode json = fields.json("j", MAX);
    assertTrue(json == null || json.isObject() && Storable.is(json));
    Fields within = fields.object("o");
    if (within != null) {
      within.given("x");
      within.andNoOther();
    }
    fields.objects("os", 3).forEach(each -> each.text("t", MAX));
    fields.andNoOther().done();
  }
}
