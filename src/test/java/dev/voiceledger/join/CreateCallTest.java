package dev.voiceledger.join;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.voiceledger.FreshDatabase;
import dev.voiceledger.history.Api;
import dev.voiceledger.history.Api.Answer;
import dev.voiceledger.history.People;
import dev.voiceledger.livekit.LiveKitDouble;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import java.net.URI;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code POST /api/v1/calls} while all is well: the row, the room, the token. */
@QuarkusTest
@WithTestResource(FreshDatabase.class)
@WithTestResource(LiveKitDouble.class)
class CreateCallTest {
  /** DESIGN's list, in its order, and room_metadata, which it names elsewhere. */
  private static final List<String> FIELDS =
      List.of(
          ("id session_id room_name room_sid title user_id status started_at connected_at ended_at"
                  + " duration_seconds end_reason participant_count message_count total_tokens_used"
                  + " input_tokens output_tokens cost_usd cost_cents ai_agent_used agent_name"
                  + " recording_url transcript_url summary metadata invited_user_ids context_type"
                  + " voice_session_id extracted_intent intent_payload linked_goal_id"
                  + " linked_task_id completeness created_at updated_at room_metadata")
              .split(" "));

  private static final String FULL =
      """
      {"title": "A title ✓", "metadata": {"plan": "gold", "n": 1.50, "no": null},
       "max_participants": 7, "empty_timeout": 60, "agent_name": "guide",
       "agent_metadata": "{\\"tone\\":\\"calm\\"}", "participant_name": "Ada",
       "invited_user_ids": ["%s"]}\
      """;

  @TestHTTPResource URI base;
  LiveKitDouble livekit;

  private final String ada = People.somebody();
  private final String grace = People.somebody();
  private Api api;

  @BeforeEach
  void begin() {
    api = new Api(base);
    livekit.works();
  }

  private Answer create(String token, String body) {
    return api.post(token, Api.CALLS, body);
  }

  @Test
  void the_call_has_every_field_of_the_contract() {
    Answer answer = create(People.user(ada), FULL.formatted(grace)).is(201);

    JsonNode call = answer.json().get("call");
    Set<String> names = new HashSet<>();
    call.fieldNames().forEachRemaining(names::add);
    assertEquals(new HashSet<>(FIELDS), names);
    assertEquals("A title ✓", call.get("title").textValue());
    assertTrue(
        answer.body().contains("{\"n\": 1.50, \"no\": null, \"plan\": \"gold\"}"), "as sent");
    assertEquals(ada, call.get("user_id").textValue());
    assertEquals("guide", call.get("agent_name").textValue());
    assertEquals("[\"" + grace + "\"]", call.get("invited_user_ids").toString());
    assertEquals("pending", call.get("status").textValue());
    assertEquals("live", call.get("completeness").textValue());
    assertEquals("2026-09-21T14:13:20.123Z", call.get("started_at").textValue());
    assertEquals(0, call.get("cost_usd").decimalValue().signum());
    for (String none : "connected_at ended_at duration_seconds end_reason summary".split(" ")) {
      assertTrue(call.get(none).isNull(), none);
    }
    assertTrue(call.get("room_name").textValue().matches("vl_[0-9A-Za-z]{22}"));
    String sid = livekit.rooms().get(call.get("room_name").textValue());
    assertEquals(sid, call.get("room_sid").textValue());
    assertEquals(sid, call.get("session_id").textValue());
    assertEquals("ws://localhost:7880", answer.at("/server_url"));
    assertEquals(call, api.get(People.user(ada), Api.CALLS + "/" + sid).is(200).json());
  }

  @Test
  void the_token_lets_its_holder_in_and_gives_nothing_more() {
    Answer answer = create(People.user(ada), FULL.formatted(grace)).is(201);

    JsonNode claims = JoinClaims.of(answer.at("/participant_token"));
    assertEquals(ada, claims.get("sub").textValue());
    assertEquals("Ada", claims.get("name").textValue());
    assertEquals(answer.at("/call/id"), claims.get("call_id").textValue());
    JoinClaims.assertPlain(claims, answer.at("/call/room_name"));
    assertFalse(claims.has("metadata"), claims.toString());
  }

  @Test
  void the_token_opens_the_call_here_too() {
    Answer answer = create(People.user(ada), "{}").is(201);
    String path = Api.CALLS + "/" + answer.at("/call/id");
    assertEquals(
        answer.json().get("call"), api.get(answer.at("/participant_token"), path).is(200).json());
  }

  @Test
  void livekit_is_asked_once_and_told_what_a_join_would_not_tell_it() throws Exception {
    create(People.user(ada), FULL.formatted(grace)).is(201);

    assertEquals(List.of("CreateRoom"), livekit.asked().stream().map(a -> a.method()).toList());
    JsonNode asked = livekit.asked().getFirst().message();
    assertEquals(60, asked.get("emptyTimeout").asInt());
    assertEquals(7, asked.get("maxParticipants").asInt());
    assertEquals(
        "[{\"agentName\":\"guide\",\"metadata\":\"{\\\"tone\\\":\\\"calm\\\"}\"}]",
        asked.get("agents").toString());
    assertFalse(asked.has("metadata"), "the call's metadata is not the room's");
    assertFalse(asked.has("egress"));
  }

  @Test
  void nothing_need_be_said() {
    for (String body : new String[] {"{}", "", "{\"title\":null,\"metadata\":null}"}) {
      JsonNode call = create(People.user(ada), body).is(201).json().get("call");
      assertEquals("{}", call.get("metadata").toString());
      assertTrue(call.get("title").isNull() && call.get("agent_name").isNull());
      assertEquals("[]", call.get("invited_user_ids").toString());
    }
  }

  @Test
  void a_service_makes_calls_that_nobody_owns() {
    Answer first = create(People.service(), "{}").is(201);
    Answer second = create(People.service(), "{}").is(201);

    assertEquals(null, first.at("/call/user_id"));
    assertNotEquals(
        JoinClaims.of(first.at("/participant_token")).get("sub"),
        JoinClaims.of(second.at("/participant_token")).get("sub"));
    api.get(People.user(ada), Api.CALLS + "/" + first.at("/call/id")).is(404, "call-not-found");
  }

  @Test
  void join_tokens_webhook_tokens_and_nobody_make_no_calls() {
    create(People.join("a room", ada), "{}").is(403, "forbidden");
    create(null, "{}").is(401, "unauthorized");
    create(dev.voiceledger.webhook.LiveKitSender.sign(new byte[0]), "{}").is(401, "unauthorized");
    assertEquals(List.of(), livekit.asked());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"title\":1}|/title",
        "{\"title\":\"a\\u0000b\"}|/title",
        "{\"title\":\"\\ud800\"}|/title",
        "{\"metadata\":[]}|/metadata",
        "{\"metadata\":{\"a\":\"\\u0000\"}}|/metadata/a",
        "{\"metadata\":{\"\\udc00\":1}}|/metadata/\uFFFD",
        "{\"metadata\":{\"a\":1e1001}}|/metadata/a",
        "{\"max_participants\":-1}|/max_participants",
        "{\"max_participants\":1.5}|/max_participants",
        "{\"empty_timeout\":0}|/empty_timeout",
        "{\"empty_timeout\":99999999999}|/empty_timeout",
        "{\"agent_name\":{}}|/agent_name",
        "{\"agent_metadata\":\"x\"}|/agent_metadata",
        "{\"participant_name\":[]}|/participant_name",
        "{\"invited_user_ids\":[\"1-1-1-1-1\"]}|/invited_user_ids",
        "{\"invited_user_ids\":[null]}|/invited_user_ids",
        "{\"user_id\":\"x\"}|/user_id",
        "{\"a/b~c\":1}|/a~1b~0c",
        "[]|''"
      })
  void what_is_wrong_is_said_with_its_place_and_makes_nothing(String body, String pointer) {
    create(People.user(ada), body).isWrong(pointer);
    assertEquals(List.of(), livekit.asked());
  }
}
