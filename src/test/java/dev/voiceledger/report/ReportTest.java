package dev.voiceledger.report;

import static dev.voiceledger.report.Fixtures.PATH;
import static dev.voiceledger.report.Fixtures.freshSid;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.voiceledger.FreshDatabase;
import dev.voiceledger.TestDatabase;
import dev.voiceledger.history.Api;
import dev.voiceledger.history.Api.Answer;
import dev.voiceledger.history.People;
import dev.voiceledger.history.Tables;
import dev.voiceledger.livekit.LiveKitDouble;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import java.math.BigDecimal;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Reports as LiveKit's libraries write them, held against another reading of the same files. */
@QuarkusTest
@WithTestResource(FreshDatabase.class)
@WithTestResource(LiveKitDouble.class)
class ReportTest {
  @TestHTTPResource URI base;
  TestDatabase database;
  private Api api;

  @BeforeEach
  void begin() {
    api = new Api(base);
  }

  private Answer post(String body) {
    return api.post(People.service(), PATH, body);
  }

  private List<JsonNode> messages(String call) {
    List<JsonNode> all = new ArrayList<>();
    String path = Api.CALLS + "/" + call + "/messages?limit=200";
    api.get(People.service(), path).is(200).json().get("data").forEach(all::add);
    return all;
  }

  private JsonNode usage(String call, String type) {
    JsonNode rows = api.get(People.service(), Api.CALLS + "/" + call + "/usage").json().get("data");
    for (JsonNode row : rows) {
      if (row.get("type").asText().equals(type)) {
        return row;
      }
    }
    throw new AssertionError(type + " is not in " + rows);
  }

  @ParameterizedTest
  @ValueSource(strings = {"python.json", "node.json", "node-1.0.json"})
  void every_item_and_every_usage_row_is_kept_and_a_repeat_changes_nothing(String name) {
    ObjectNode report = Fixtures.tree(name);
    String body = Fixtures.bytes(name).replace(report.get("room_id").asText(), Fixtures.freshSid());
    int items = report.at("/chat_history/items").size();
    int rows = report.path("usage").size();
    Answer first = post(body).is(201);
    assertEquals("" + items, first.at("/messages/received"));
    assertEquals("" + items, first.at("/messages/new"));
    assertEquals("" + rows, first.at("/usage/written"));
    String call = first.at("/call_id");
    List<JsonNode> kept = messages(call);
    assertEquals(items, kept.size());
    for (int i = 0; i < items; i++) {
      assertIsItem(report.at("/chat_history/items").get(i), kept.get(i));
    }
    Answer again = post(body).is(200);
    assertEquals("0", again.at("/messages/new"));
    assertEquals("0", again.at("/messages/replaced"));
    assertEquals("0", again.at("/usage/written"));
    assertEquals(kept, messages(call));
    String count = "select count(*) from call_usage where call_id = ?::uuid";
    assertEquals("" + rows, Tables.text(database, count, call));
  }

  /** What a reader of the file would say of an item, in either spelling. */
  private static void assertIsItem(JsonNode item, JsonNode message) {
    String what = item + "\n" + message;
    assertEquals(item.get("id").asText(), message.get("segment_id").asText(), what);
    double at = item.path("created_at").asDouble(item.path("createdAt").asDouble() / 1000);
    double told = Instant.parse(message.get("timestamp").asText()).toEpochMilli() / 1e3;
    assertTrue(told <= at && at < told + 0.001, what);
    assertEquals(item.path("interrupted").asBoolean(), message.get("interrupted").asBoolean());
    switch (item.get("type").asText()) {
      case "message" -> assertIsMessage(item, message);
      case "function_call" -> assertIsCall(item, message);
      case "function_call_output" -> assertIsOutput(item, message);
      default -> assertEquals("system", message.get("role").asText());
    }
    String callId = item.path("call_id").asText(item.path("callId").asText());
    assertEquals(callId, message.at("/metadata/call_id").asText());
  }

  private static void assertIsMessage(JsonNode item, JsonNode message) {
    List<String> lines = new ArrayList<>();
    item.get("content").forEach(line -> lines.add(line.asText()));
    assertEquals(String.join("\n", lines), message.get("content").asText());
    String role = item.path("role").asText();
    assertEquals(role.equals("developer") ? "system" : role, message.get("role").asText());
  }

  private static void assertIsCall(JsonNode item, JsonNode message) {
    String arguments = item.path("arguments").asText(item.path("args").asText());
    assertEquals(
        item.get("name").asText() + "(" + arguments + ")", message.get("content").asText());
    assertEquals("function", message.get("role").asText());
    assertEquals(arguments, message.at("/metadata/arguments").asText());
  }

  private static void assertIsOutput(JsonNode item, JsonNode message) {
    assertEquals(item.get("output").asText(), message.get("content").asText());
    assertEquals("function", message.get("role").asText());
    boolean error = item.path("is_error").asBoolean(item.path("isError").asBoolean());
    assertEquals(error, message.at("/metadata/is_error").asBoolean());
  }

  @Test
  void what_an_agent_measured_is_kept() {
    String call = post(Fixtures.of("python.json", freshSid()).toString()).is(201).at("/call_id");
    List<JsonNode> kept = messages(call);
    JsonNode hello = kept.get(2);
    assertEquals(988, hello.get("latency_ms").asInt());
    assertEquals("openai", hello.get("provider").asText());
    assertEquals("gpt-4.1", hello.get("model_used").asText());
    assertEquals("voice", hello.get("input_modality").asText());
    assertEquals(0.2, hello.at("/metadata/metrics/tts_node_ttfb").asDouble());
    JsonNode where = kept.get(3);
    assertEquals("deepgram nova-3", where.at("/provider").asText() + " nova-3");
    assertEquals(0.93, where.at("/metadata/transcript_confidence").asDouble());
    assertEquals("NaN", where.at("/metadata/metrics/end_of_turn_delay").asText());
    assertEquals(500, kept.get(8).get("latency_ms").asInt());
    assertEquals("c2ln", kept.get(4).at("/metadata/extra/google/thought_signature").asText());
    assertEquals("Agent greeter handed over to billing", kept.get(9).get("content").asText());
    assertEquals("billing", kept.get(9).at("/metadata/new_agent_id").asText());
    assertEquals("Be brief.", kept.get(0).at("/metadata/instructions").asText());
    assertEquals("developer", kept.get(1).at("/metadata/role").asText());
  }

  @Test
  void tokens_of_the_call_follow_its_usage() {
    String call = post(Fixtures.of("python.json", freshSid()).toString()).is(201).at("/call_id");
    Answer shown = api.get(People.service(), Api.CALLS + "/" + call).is(200);
    assertEquals("1530", shown.at("/input_tokens"));
    assertEquals("87", shown.at("/output_tokens"));
    assertEquals("1617", shown.at("/total_tokens_used"));
    JsonNode llm = usage(call, "llm_usage");
    assertEquals("job:AJ_python", llm.get("source").asText());
    assertEquals(1024, llm.at("/details/input_cached_tokens").asInt());
    assertEquals(12, llm.at("/details/output_reasoning_tokens").asInt());
    JsonNode tts = usage(call, "tts_usage");
    assertEquals(412, tts.get("characters_count").asInt());
    assertEquals(0, new BigDecimal("21.75").compareTo(tts.get("audio_seconds").decimalValue()));
    assertEquals(7, usage(call, "interruption_usage").at("/details/total_requests").asInt());
  }

  @Test
  void what_was_posted_live_is_the_same_message() {
    String sid = freshSid();
    String uuid = "5f0c5f5e-6d7e-4d2b-8a4e-0d7a5e2f6c11";
    String live = "{\"room_sid\":\"" + sid + "\",\"role\":\"user\",\"content\":\"said\",%s}";
    String messages = "/api/v1/voice/messages";
    api.post(People.service(), messages, live.formatted("\"segment_id\":\"item_live\"")).is(201);
    api.post(People.service(), messages, live.formatted("\"id\":\"" + uuid + "\"")).is(201);
    String item =
        "{\"id\":\"%s\",\"type\":\"message\",\"role\":\"user\",\"content\":[\"said\"],"
            + "\"created_at\":1764150000.5}";
    String items = item.formatted("item_live") + "," + item.formatted(uuid);
    Answer answer = post(Fixtures.report(sid, items, "")).is(201);
    assertEquals("0", answer.at("/messages/new"));
    assertEquals("2", answer.at("/messages/replaced"));
    assertEquals(2, messages(answer.at("/call_id")).size());
  }

  @Test
  void items_without_an_id_are_kept_once_and_what_is_unknown_is_kept_whole() {
    String sid = freshSid();
    String items =
        """
        {"type":"message","role":"user","content":["same"],"created_at":1},
        {"type":"message","role":"user","content":["other"],"created_at":1},
        {"id":"id:x","type":"message","role":"nobody","content":"bare"},
        {"id":"item_new","type":"agent_thought","thought":{"deep":[1,2.5,null,true]}},
        {"id":"item_text","type":"message","role":"user","content":["typed"],
         "input_modality":"text"},
        {"id":"item_parts","type":"message","role":"user","content":[
          {"type":"audio_content","transcript":"spoken","frame":[1]},
          {"type":"image_content","id":"img_1","image":"data:image/png;base64,AAAA"}, 7]}\
        """;
    Answer first = post(Fixtures.report(sid, items, "")).is(201);
    post(Fixtures.report(sid, items, "")).is(200);
    List<JsonNode> kept = messages(first.at("/call_id"));
    assertEquals(6, kept.size());
    assertNotEquals(kept.get(0).get("segment_id"), kept.get(1).get("segment_id"));
    assertEquals("system bare", kept.get(2).get("role").asText() + " bare");
    assertEquals("nobody", kept.get(2).at("/metadata/role").asText());
    assertEquals("[1,2.5,null,true]", kept.get(3).at("/metadata/thought/deep").toString());
    assertEquals("text", kept.get(4).get("input_modality").asText());
    assertEquals("spoken", kept.get(5).get("content").asText());
    String parts = "[{\"type\":\"audio_content\",\"transcript\":\"spoken\"},";
    assertTrue(!kept.get(5).at("/metadata/parts").toString().contains("AAAA"), parts);
    assertEquals(3, kept.get(5).at("/metadata/parts").size());
  }

  /** Half of an emoji, and the character that PostgreSQL cannot hold: nobody can mend a report. */
  @Test
  void texts_that_cannot_be_stored_are_cleaned() {
    String items =
        """
        {"id":"a\\u0000b\\ud83d","type":"message","role":"user",
         "content":["x\\u0000y\\ud83dz"],"extra":{"k\\u0000":"\\udc00"}}\
        """;
    Answer answer = post(Fixtures.report(freshSid(), items, "")).is(201);
    JsonNode kept = messages(answer.at("/call_id")).getFirst();
    assertEquals("xy\ufffdz", kept.get("content").asText());
    assertEquals("ab\ufffd", kept.get("segment_id").asText());
    assertEquals("\ufffd", kept.at("/metadata/extra/k").asText());
  }
}
