package dev.voiceledger.report;

import static dev.voiceledger.report.Fixtures.PATH;
import static dev.voiceledger.report.Fixtures.freshSid;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.voiceledger.FreshDatabase;
import dev.voiceledger.RawAnswer;
import dev.voiceledger.TestDatabase;
import dev.voiceledger.history.Api;
import dev.voiceledger.history.Api.Answer;
import dev.voiceledger.history.People;
import dev.voiceledger.history.Tables;
import dev.voiceledger.livekit.LiveKitDouble;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who may report, and what is too much or no report: refused whole, and never our fault. */
@QuarkusTest
@WithTestResource(FreshDatabase.class)
@WithTestResource(LiveKitDouble.class)
class ReportBoundsTest {
  private static final String NONE = "select count(*) from voice_calls where room_sid = ?";

  @TestHTTPResource URI base;
  TestDatabase database;
  private Api api;
  private final String sid = freshSid();

  @BeforeEach
  void begin() {
    api = new Api(base);
  }

  private Answer post(String body) {
    return api.post(People.service(), PATH, body);
  }

  @Test
  void only_agents_and_services_report() {
    String ada = People.somebody();
    var call = api.made(People.user(ada), "{}");
    String room = call.get("room_name").asText();
    String of = Fixtures.report(call.get("room_sid").asText(), "", "");
    for (String token :
        List.of(
            People.user(ada),
            People.admin(),
            People.user(People.somebody()),
            People.join(room, "guest"),
            People.join(room, ada))) {
      api.post(token, PATH, of).is(403, "forbidden");
      api.post(token, PATH, "no report").is(403, "forbidden");
    }
    api.post(null, PATH, of).is(401, "unauthorized");
    api.post(People.agent(room, "bot"), PATH, of).is(201);
    api.post(People.service(), PATH, of).is(200);
  }

  @Test
  void another_s_call_is_like_one_that_is_absent() {
    var call = api.made(People.user(People.somebody()), "{}");
    String theirs = Fixtures.report(call.get("room_sid").asText(), "", "");
    String agent = People.agent("another room", "bot");
    Answer none = api.post(agent, PATH, Fixtures.report(sid, "", "")).is(404, "call-not-found");
    assertEquals(none.body(), api.post(agent, PATH, theirs).is(404).body());
    assertEquals("0", Tables.text(database, NONE, sid));
    String id = call.get("id").asText();
    assertEquals("f", Tables.text(database, REPORTED, id));
  }

  private static final String REPORTED =
      "select agent_reported from voice_calls where id = ?::uuid";

  @Test
  void the_room_s_name_stands_in_where_its_sid_is_missing() {
    var call = api.made(People.user(People.somebody()), "{}");
    String room = call.get("room_name").asText();
    for (String id : List.of("", "\"room_id\":null,", "\"room_id\":\"\",")) {
      String body = "{" + id + "\"room\":\"" + room + "\",\"usage\":null}";
      Answer answer = api.post(People.agent(room, "bot"), PATH, body);
      assertEquals(call.get("id").asText(), answer.at("/call_id"), answer.body());
    }
    post("{}").isWrong("/room_id");
  }

  @Test
  void what_is_no_report_is_refused_with_its_place() {
    String head = "{\"room_id\":\"" + sid + "\",";
    post(head + "\"chat_history\":[]}").isWrong("/chat_history");
    post(head + "\"chat_history\":{\"items\":{}}}").isWrong("/chat_history/items");
    post(head + "\"chat_history\":{\"items\":[{},7]}}").isWrong("/chat_history/items/1");
    post(head + "\"usage\":{}}").isWrong("/usage");
    post(head + "\"usage\":[\"x\"]}").isWrong("/usage/0");
    post(head + "\"job_id\":7}").isWrong("/job_id");
    post("[]").isWrong("");
    post(head).is(400, "malformed-json");
    post(head + "\"a\":1} more").is(400, "malformed-json");
    post(head + "\"a\":" + "[".repeat(200) + "]".repeat(200) + "}").is(400, "malformed-json");
    post(head + "\"a\":1" + "0".repeat(2_000) + "}").is(400, "malformed-json");
    assertEquals("0", Tables.text(database, MESSAGES, sid));
  }

  private static final String MESSAGES =
      """
      select count(*) from voice_messages m join voice_calls c on c.id = m.call_id
      where c.room_sid = ?\
      """;

  @Test
  void too_much_is_refused_before_anything_is_written() throws IOException {
    String one = "{\"id\":\"i%d\",\"type\":\"message\"}";
    StringBuilder items = new StringBuilder();
    for (int i = 0; i <= Report.ITEMS_MAX; i++) {
      items.append(i == 0 ? "" : ",").append(one.formatted(i));
    }
    post(Fixtures.report(sid, items.toString(), "")).isWrong("/chat_history/items");
    String usage = "{\"type\":\"t\"},".repeat(Report.USAGE_MAX) + "{}";
    post(Fixtures.report(sid, "", usage)).isWrong("/usage");
    String values = "{\"extra\":[0" + ",0".repeat(Tree.VALUES_MAX) + "]}";
    post(Fixtures.report(sid, values, "")).isWrong("/chat_history/items/0");
    String row = "{\"type\":\"t\",\"extra\":[0" + ",0".repeat(14_000) + "]}";
    post(Fixtures.report(sid, "", String.join(",", row, row, row, row))).isWrong("/usage/3");
    String text = "{\"content\":\"" + "x".repeat(Wording.CONTENT_MAX + 1) + "\"}";
    post(Fixtures.report(sid, text, "")).is(400);
    byte[] large = new byte[16 * 1024 * 1024 + 1];
    assertEquals(413, Upload.of(base, People.service(), large).status());
    assertEquals("0", Tables.text(database, NONE, sid));
  }

  @Test
  void bytes_that_are_no_json_are_refused() throws IOException {
    String good = Fixtures.report(sid, "", "");
    byte[] broken = good.replace("\"r\"", "\"\u00e9\"").getBytes(UTF_8);
    broken[new String(broken, UTF_8).indexOf('\u00e9') + 1] = 'x';
    for (byte[] body : List.of(good.getBytes(UTF_16LE), broken, new byte[100], "\"x".getBytes())) {
      RawAnswer answer = Upload.of(base, People.service(), body);
      assertEquals(400, answer.status(), answer.body());
      assertTrue(answer.body().contains("urn:voiceledger:problem:"), answer.body());
    }
    assertEquals("0", Tables.text(database, NONE, sid));
  }

  @Test
  void odd_values_are_kept_or_left_out_and_never_our_fault() {
    String items =
        """
        {"id":7,"type":{},"role":[],"content":{},"interrupted":"x","created_at":"soon",
         "metrics":{"e2e_latency":-5,"llm_node_ttft":1e300,"llm_metadata":7}},
        {"id":"far","type":"message","role":"user","content":["x"],"created_at":1e300},
        {"id":"iso","type":"message","role":"user","content":["x"],
         "created_at":"2026-11-26T12:00:00.123456+00:00","metrics":[]},
        {"type":"function_call"},{"type":"function_call_output","output":{"a":1}},
        {"type":"agent_config_update","tools_added":[1,{"a":2}],"tools_removed":7},
        {"id":"big","type":"message","extra":{"n":123456789012345678901234567890,"f":1e400,
         "i":-Infinity}},{}\
        """;
    String usage =
        """
        {},{"type":7,"provider":null,"model":{},"input_tokens":-1,"output_tokens":1.5,
         "characters_count":"9","audio_duration":NaN},
        {"type":"llm_usage","model":"%s","input_tokens":99999999999}\
        """
            .formatted("\u00e9".repeat(2_000));
    Answer answer = post(Fixtures.report(sid, items, usage)).is(201);
    assertEquals("8", answer.at("/messages/new"));
    assertEquals("3", answer.at("/usage/written"));
    post(Fixtures.report(sid, items, usage)).is(200);
    String iso =
        "select \"timestamp\" = timestamptz '2026-11-26T12:00:00.123456Z' from voice_messages"
            + " where segment_id = 'iso' and call_id = ?::uuid";
    assertEquals("t", Tables.text(database, iso, answer.at("/call_id")));
  }

  /** 1,024 characters may be 3,072 bytes, of which an index takes 2,704; compressed, if it can. */
  @Test
  void names_that_no_index_takes_are_no_trouble() {
    String name =
        new Random(7)
            .ints(1_024, 0x4E00, 0x9FA5)
            .mapToObj(Character::toString)
            .collect(Collectors.joining());
    String body = Fixtures.report(sid, "{\"id\":\"" + name + "\"}", "{\"type\":\"" + name + "\"}");
    post(body.replace("AJ_1", name)).is(201);
  }

  @Test
  void a_list_that_looks_like_ours_is_not_our_fault() {
    String own = "\"left_out\":[\"" + "x".repeat(263_000) + "\"]";
    String item = "{\"id\":\"i\",\"type\":\"message\",\"content\":[\"x\"]," + own + "}";
    post(Fixtures.report(sid, item, "{\"type\":\"t\"," + own + "}")).is(201);
  }

  /** Room for reports is scarce: each is given back, whatever becomes of it. */
  @Test
  void no_room_is_lost() throws IOException {
    byte[] most = LargeReports.of(sid, 1, "", i -> LargeReports.message(i, "x"));
    byte[] bad = most.clone();
    bad[most.length - 1] = 'x';
    for (int i = 0; i < 3; i++) {
      assertEquals(400, Upload.of(base, People.service(), bad).status());
      int status = Upload.of(base, People.service(), most).status();
      assertEquals(i == 0 ? 201 : 200, status);
    }
  }
}
