package dev.voiceledger.history;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.voiceledger.FreshDatabase;
import dev.voiceledger.TestDatabase;
import dev.voiceledger.history.Api.Answer;
import dev.voiceledger.livekit.LiveKitDouble;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code PATCH}: what is the owner's to change, and RELIABILITY R6: what is nobody's. */
@QuarkusTest
@WithTestResource(FreshDatabase.class)
@WithTestResource(LiveKitDouble.class)
class ChangeTest {
  @TestHTTPResource URI base;
  LiveKitDouble livekit;
  TestDatabase database;

  private final String ada = People.somebody();
  private final String goal = People.somebody();
  private Api api;
  private String id;

  @BeforeEach
  void begin() {
    livekit.works();
    api = new Api(base);
    id =
        api.made(People.user(ada), "{\"metadata\":{\"a\":{\"b\":1,\"c\":[1,null]}}}")
            .get("id")
            .textValue();
  }

  private Answer patch(String body) {
    return api.patch(People.user(ada), id, body);
  }

  private String row() {
    return Tables.text(
        database, "select to_jsonb(c)::text from voice_calls c where id = ?::uuid", id);
  }

  @Test
  void every_field_of_the_owner_s_can_be_set_and_emptied() {
    String body =
        """
        {"title":"t ✓","summary":"s","invited_user_ids":["%s"],"context_type":"goal",
         "voice_session_id":"v","extracted_intent":"NEW_TASK","intent_payload":{"x":[1]},
         "linked_goal_id":"%s","linked_task_id":"%s"}\
        """
            .formatted(goal, goal, goal);
    JsonNode set = patch(body).is(200).json();
    assertEquals(set, api.get(People.user(ada), Api.CALLS + "/" + id).json());
    List<String> names = new ArrayList<>();
    Answer asked = new Answer(200, body, null);
    asked.json().fieldNames().forEachRemaining(names::add);
    for (String name : names) {
      assertEquals(asked.json().get(name), set.get(name), name);
      JsonNode emptied = patch("{\"" + name + "\":null}").is(200).json().get(name);
      assertEquals(name.startsWith("invited") ? "[]" : "null", emptied.toString(), name);
    }
    assertEquals("{}", patch("{\"metadata\":null}").is(200).json().get("metadata").toString());
  }

  @Test
  void an_empty_change_changes_nothing() {
    String before = row();
    patch("{}").is(200);
    patch("").is(200);
    assertEquals(before, row());
  }

  /** RFC 7396's own cases among them. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{}|{\"a\":{\"b\":1,\"c\":[1,null]}}",
        "{\"d\":\"x\"}|{\"a\":{\"b\":1,\"c\":[1,null]},\"d\":\"x\"}",
        "{\"a\":null}|{}",
        "{\"a\":{\"b\":null}}|{\"a\":{\"c\":[1,null]}}",
        "{\"a\":{\"c\":[null]}}|{\"a\":{\"b\":1,\"c\":[null]}}",
        "{\"a\":\"z\"}|{\"a\":\"z\"}",
        "{\"a\":{\"b\":{\"bb\":{\"ccc\":null}}}}|{\"a\":{\"b\":{\"bb\":{}},\"c\":[1,null]}}"
      })
  void metadata_is_merged(String change, String merged) {
    Answer answer = patch("{\"metadata\":" + change + "}").is(200);
    assertEquals(new Answer(200, merged, null).json(), answer.json().get("metadata"));
  }

  @Test
  void what_a_merge_does_not_name_stays_to_the_last_digit() {
    patch("{\"metadata\":{\"n\":12345678901234567890.1234567890123456789,\"m\":1.10,\"h\":1e400}}")
        .is(200);
    String before =
        Tables.text(database, "select metadata - 'x' from voice_calls where id = ?::uuid", id);
    patch("{\"metadata\":{\"x\":1}}").is(200);
    assertEquals(
        before,
        Tables.text(database, "select metadata - 'x' from voice_calls where id = ?::uuid", id));
  }

  @Test
  void a_merge_cannot_grow_without_bound() {
    String many = "x".repeat(40_000);
    patch("{\"metadata\":{\"one\":\"" + many + "\"}}").is(200);
    patch("{\"metadata\":{\"two\":\"" + many + "\"}}").isWrong("/metadata");
  }

  @Test
  void changes_of_different_keys_at_once_lose_none() {
    List<Supplier<Answer>> all = new ArrayList<>();
    for (int i = 0; i < 32; i++) {
      String body = "{\"metadata\":{\"k%d\":%d},\"title\":\"%d\"}".formatted(i, i, i);
      all.add(() -> patch(body));
    }
    Api.atOnce(all).forEach(answer -> answer.is(200));
    JsonNode metadata =
        api.get(People.user(ada), Api.CALLS + "/" + id).is(200).json().get("metadata");
    assertEquals(33, metadata.size(), metadata.toString());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "id",
        "session_id",
        "room_name",
        "room_sid",
        "user_id",
        "status",
        "started_at",
        "connected_at",
        "ended_at",
        "duration_seconds",
        "end_reason",
        "participant_count",
        "message_count",
        "total_tokens_used",
        "input_tokens",
        "output_tokens",
        "cost_usd",
        "cost_cents",
        "ai_agent_used",
        "agent_name",
        "recording_url",
        "transcript_url",
        "completeness",
        "created_at",
        "updated_at",
        "room_metadata",
        "opened_by",
        "message_tokens",
        "room_created_at",
        "end_reported_at",
        "end_inferred_at",
        "last_alive_at",
        "transcript"
      })
  void what_follows_from_facts_is_nobody_s_to_write(String field) {
    String before = row();
    for (String caller : List.of(People.user(ada), People.admin(), People.service())) {
      for (String value : List.of("null", "\"" + goal + "\"")) {
        String body = "{\"title\":\"slipped in\",\"" + field + "\":" + value + "}";
        api.patch(caller, id, body).isWrong("/" + field);
        if (!field.equals("agent_name")) {
          api.post(caller, Api.CALLS, body).isWrong("/" + field);
        }
      }
    }
    assertEquals(before, row());
    assertEquals(
        "0", Tables.text(database, "select count(*) from voice_calls where title = 'slipped in'"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"title\":1}|/title",
        "{\"title\":\"a\\u0000\"}|/title",
        "{\"summary\":\"\\udfff\\ud800\"}|/summary",
        "{\"summary\":[]}|/summary",
        "{\"metadata\":\"x\"}|/metadata",
        "{\"metadata\":{\"a\":[{\"b\":\"\\ud83d\"}]}}|/metadata/a/0/b",
        "{\"invited_user_ids\":\"x\"}|/invited_user_ids",
        "{\"invited_user_ids\":[1]}|/invited_user_ids",
        "{\"context_type\":\"other\"}|/context_type",
        "{\"extracted_intent\":\"goal\"}|/extracted_intent",
        "{\"intent_payload\":[]}|/intent_payload",
        "{\"linked_goal_id\":\"1-1-1-1-1\"}|/linked_goal_id",
        "{\"linked_task_id\":7}|/linked_task_id",
        "{\"voice_session_id\":{}}|/voice_session_id",
        "7|''"
      })
  void what_is_wrong_is_said_with_its_place(String body, String pointer) {
    String before = row();
    patch(body).isWrong(pointer);
    assertEquals(before, row());
  }

  @Test
  void what_is_deep_or_long_is_refused_and_what_is_just_within_is_not() {
    String tooDeep = "/metadata" + "/a".repeat(50);
    patch("{\"metadata\":" + deep(52) + "}").isWrong(tooDeep);
    patch("{\"metadata\":" + deep(900) + "}").isWrong(tooDeep);
    patch("{\"metadata\":{\"a\\u0000\":1}}").isWrong("/metadata/a\uFFFD");
    patch("{\"metadata\":" + deep(40_000) + "}").is(400, "malformed-json");
    patch("{\"metadata\":" + deep(49) + "}").is(200);
    patch("{\"metadata\":{\"a\":\"" + "x".repeat(66_000) + "\"}}").isWrong("/metadata");
    patch("{\"title\":\"" + "x".repeat(1_001) + "\"}").isWrong("/title");
    patch("{\"title\":\"" + "x".repeat(1_000) + "\"}").is(200);
    patch("{\"summary\":\"" + "x".repeat(262_144) + "\"}").is(413, "body-too-large");
  }

  private static String deep(int levels) {
    return "{\"a\":".repeat(levels) + "1" + "}".repeat(levels);
  }

  @Test
  void who_sees_it_and_does_not_own_it_may_not_and_who_does_not_see_it_finds_nothing() {
    String guest = People.somebody();
    patch("{\"invited_user_ids\":[\"" + guest + "\"]}").is(200);
    String before = row();
    api.patch(People.user(guest), id, "{\"title\":\"x\"}").is(403, "forbidden");
    String stranger = People.user(People.somebody());
    Answer closed = api.patch(stranger, id, "{\"title\":\"x\"}").is(404, "call-not-found");
    Answer absent = api.patch(stranger, People.somebody(), "{\"title\":\"x\"}").is(404);
    assertEquals(absent.body(), closed.body());
    assertEquals(before, row());
    assertEquals("x", api.patch(People.admin(), id, "{\"title\":\"x\"}").is(200).at("/title"));
    assertEquals("y", api.patch(People.service(), id, "{\"title\":\"y\"}").is(200).at("/title"));
    assertTrue(row().contains("\"user_id\": \"" + ada));
  }
}
