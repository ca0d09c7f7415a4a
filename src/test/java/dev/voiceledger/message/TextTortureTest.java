package dev.voiceledger.message;

import static io.restassured.RestAssured.given;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.voiceledger.FreshDatabase;
import dev.voiceledger.TestDatabase;
import dev.voiceledger.history.Api;
import dev.voiceledger.history.Api.Answer;
import dev.voiceledger.history.People;
import dev.voiceledger.history.Tables;
import dev.voiceledger.livekit.LiveKitDouble;
import dev.voiceledger.webhook.Webhooks;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import java.math.BigDecimal;
import java.net.URI;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * RELIABILITY Z2: what cannot be stored is refused by its place; all else comes back as it came.
 */
@QuarkusTest
@WithTestResource(FreshDatabase.class)
@WithTestResource(LiveKitDouble.class)
class TextTortureTest {
  private static final int LONG = 1_000_000;
  private static final JsonMapper EXACT =
      JsonMapper.builder().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS).build();

  private static final String HEX =
      """
      select encode(convert_to(content, 'UTF8'), 'hex') from voice_messages
      where call_id = ?::uuid order by sequence_number\
      """;

  @TestHTTPResource URI base;
  TestDatabase database;

  private final String service = People.service();
  private Api api;
  private String id;

  @BeforeEach
  void begin() {
    api = new Api(base);
    id = api.made(People.user(People.somebody()), "{}").get("id").asText();
  }

  private static List<String> oddTexts() {
    List<String> texts = new ArrayList<>();
    texts.add(
        IntStream.rangeClosed(1, 0x1F).mapToObj(Character::toString).collect(Collectors.joining()));
    texts.add("\u007F\u0080\u009F\u00A0\u00AD\uFEFF\u200B\u2028\u2029\u2066\u202E");
    texts.add("\uFFFE\uFFFF\uFDD0" + Character.toString(0x1FFFE) + Character.toString(0x10FFFF));
    texts.add("\u05E9\u05DC\u05D5\u05DD \u0645\u0631\u062D\u0628\u0627 \u202Eabc\u202C");
    texts.add("e\u0301\u0327 \u00E9 \u1112\u1161\u11AB \u0928\u093F Z\u0351\u036B\u0343\u036A");
    texts.add("\uD83D\uDC69\u200D\uD83D\uDC69\u200D\uD83D\uDC66 \uD83C\uDDE9\uD83C\uDDEA \uE000");
    texts.add("'; drop table voice_messages; -- $$ $1 ?1 E'\\x00' \\ \\\\ %s %n {} ${x} #{y}");
    texts.add("\"}],\"role\":\"system\",{\"content\": \"\\u0000 \\ud800\" <script>&amp;</script>");
    texts.add("");
    texts.add(" \t\r\n leading and trailing \r\n\t ");
    return texts;
  }

  @Test
  void every_text_comes_back_byte_for_byte() {
    List<String> texts = oddTexts();
    ObjectNode body = Webhooks.JSON.createObjectNode().put("call_id", id);
    ArrayNode messages = body.putArray("messages");
    texts.forEach(text -> messages.addObject().put("role", "user").put("content", text));
    Answer posted = api.post(service, Messages.PATH, body.toString()).is(201);
    assertEquals(texts, posted.json().get("data").findValuesAsText("content"));
    assertReadAs(texts);
  }

  @Test
  void a_megabyte_comes_back_byte_for_byte() {
    List<String> texts =
        List.of("a".repeat(LONG), "\uD83D\uDE00".repeat(LONG / 4), "\u0001\"\\".repeat(LONG / 12));
    for (String text : texts) {
      ObjectNode body = Webhooks.JSON.createObjectNode().put("call_id", id);
      body.put("role", "assistant").put("content", text);
      assertEquals(text, api.post(service, Messages.PATH, body.toString()).is(201).at("/content"));
    }
    assertEquals(texts.stream().map(TextTortureTest::hex).toList(), stored());
  }

  private void assertReadAs(List<String> texts) {
    Answer read = api.get(service, Api.CALLS + "/" + id + "/messages").is(200);
    assertEquals(texts, read.json().get("data").findValuesAsText("content"));
    assertEquals(texts.stream().map(TextTortureTest::hex).toList(), stored());
  }

  private List<String> stored() {
    return Tables.texts(database, HEX, id);
  }

  private static String hex(String text) {
    return HexFormat.of().formatHex(text.getBytes(UTF_8));
  }

  @Test
  void every_other_text_comes_back_as_well() {
    String odd = oddTexts().get(1) + oddTexts().get(3) + oddTexts().get(6);
    ObjectNode body = Webhooks.JSON.createObjectNode().put("call_id", id);
    body.put("role", "user").put("content", "x").put("segment_id", odd);
    List<String> names = List.of("participant_identity", "audio_url", "provider", "model_used");
    names.forEach(name -> body.put(name, odd));
    Answer posted = api.post(service, Messages.PATH, body.toString()).is(201);
    names.forEach(name -> assertEquals(odd, posted.at("/" + name)));
    assertEquals(odd, posted.at("/segment_id"));
    assertEquals("1", api.post(service, Messages.PATH, body.toString()).at("/sequence_number"));
  }

  /** Value by value: jsonb keeps no order of keys, no spaces, and writes numbers out. */
  @Test
  void metadata_comes_back_value_by_value() throws Exception {
    String metadata =
        """
        {"big": 1e400, "small": 1.25e-300, "tenth": 0.10, "minus": -0, "whole":
         123456789012345678901234567890, "": null, "a b": [true, {"\\uD83D\\uDE00": "\\u0001"}],
         "deep": %s}\
        """
            .formatted("[".repeat(48) + "]".repeat(48));
    String body = "{\"call_id\":\"" + id + "\",\"role\":\"user\",\"content\":\"\",\"metadata\":";
    Answer posted = api.post(service, Messages.PATH, body + metadata + "}").is(201);
    JsonNode sent = EXACT.readTree(metadata);
    assertSame(sent, EXACT.readTree(posted.body()).get("metadata"));
    Answer read = api.get(service, Api.CALLS + "/" + id + "/messages").is(200);
    assertSame(sent, EXACT.readTree(read.body()).at("/data/0/metadata"));
  }

  private static void assertSame(JsonNode sent, JsonNode back) {
    Comparator<JsonNode> byValue =
        (a, b) ->
            a.isNumber() && b.isNumber() ? decimal(a).compareTo(decimal(b)) : a.equals(b) ? 0 : 1;
    assertEquals(true, sent.equals(byValue, back), () -> sent + "\n" + back);
  }

  private static BigDecimal decimal(JsonNode number) {
    return number.decimalValue();
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      delimiter = '|',
      value = {
        "content | \"a\\u0000\" | /content",
        "content | \"\\ud800\" | /content",
        "content | \"\\udc00\\ud800\" | /content",
        "segment_id | \"\\u0000\" | /segment_id",
        "participant_identity | \"\\ud83d\" | /participant_identity",
        "provider | \"\\u0000\" | /provider",
        "model_used | \"\\u0000\" | /model_used",
        "audio_url | \"\\u0000\" | /audio_url",
        "session_id | \"RM_\\u0000\" | /session_id",
        "room_sid | \"RM_\\ud800\" | /room_sid",
        "id | \"\\u0000\" | /id",
        "metadata | {\"a\":{\"b\":[1,\"\\u0000\"]}} | /metadata/a/b/1",
        "metadata | {\"a/b\":{\"~\":\"\\udfff\"}} | /metadata/a~1b/~0",
        "metadata | {\"a\":[{\"k\\ud800\":1}]} | /metadata/a/0/k\uFFFD",
        "metadata | {\"a\":{\"n\":1e2000}} | /metadata/a/n",
        "metadata | [1] | /metadata",
      })
  void what_cannot_be_stored_is_named_by_its_place(String field, String value, String pointer) {
    String call = field.equals("session_id") || field.equals("room_sid") ? "" : call();
    String rest = field.equals("content") ? "" : "\"content\":\"\",";
    String message = "{%s%s\"role\":\"user\",\"%s\":%s}".formatted(call, rest, field, value);
    api.post(service, Messages.PATH, message).isWrong(pointer);
    String good = "{" + call() + "\"role\":\"user\",\"content\":\"\"},";
    String batch = "{\"messages\":[" + good + good + good + message + "]}";
    api.post(service, Messages.PATH, batch).isWrong("/messages/3" + pointer);
    assertEquals(List.of(), stored());
  }

  private String call() {
    return "\"call_id\":\"" + id + "\",";
  }

  @Test
  void raw_bytes_that_are_no_text_are_refused() {
    String body = "{" + call() + "\"role\":\"user\",\"content\":\"%s\"}";
    api.post(service, Messages.PATH, body.formatted("a\0b")).is(400, "malformed-json");
    for (String bytes : List.of("c328", "eda080", "ff", "f4908080", "c080", "e282")) {
      byte[] odd = HexFormat.of().parseHex(hex(body).replace(hex("%s"), bytes));
      given()
          .header("Authorization", "Bearer " + service)
          .contentType("application/json")
          .body(odd)
          .post(Messages.PATH)
          .then()
          .statusCode(400);
    }
    String twice = body.formatted("x").replace("}", ",\"metadata\":{\"a\":1,\"a\":2}}");
    api.post(service, Messages.PATH, twice).is(400, "malformed-json");
    String deep = body.formatted("x").replace("}", ",\"metadata\":{\"a\":%s}}");
    String nested = "[".repeat(60) + "]".repeat(60);
    api.post(service, Messages.PATH, deep.formatted(nested)).is(400, "invalid-fields");
    assertEquals(List.of(), stored());
  }
}
