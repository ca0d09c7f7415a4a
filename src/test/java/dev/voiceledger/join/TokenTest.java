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
import dev.voiceledger.webhook.LiveKitSender;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import java.net.URI;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** LiveKit's token endpoint: what a body may ask for, and what the token then says. */
@QuarkusTest
@WithTestResource(FreshDatabase.class)
@WithTestResource(LiveKitDouble.class)
class TokenTest {
  @TestHTTPResource URI base;
  LiveKitDouble livekit;

  private final String ada = People.somebody();
  private Api api;

  @BeforeEach
  void begin() {
    livekit.works();
    api = new Api(base);
  }

  private Answer token(String body) {
    return api.post(People.user(ada), Api.TOKEN, body);
  }

  private static JsonNode claims(Answer answer) {
    return JoinClaims.of(answer.is(201).at("/participant_token"));
  }

  @Test
  void no_body_at_all_is_good_too() {
    JsonNode claims = claims(token(""));
    assertEquals(ada, claims.get("sub").textValue());
  }

  @Test
  void what_is_said_of_the_participant_is_in_the_token() {
    Answer answer =
        token(
            """
            {"room_name":"said %s","participant_name":"Ada ✓","participant_metadata":"m",
             "participant_attributes":{"k":"v","l":""}}\
            """
                .formatted(ada));
    JsonNode claims = claims(answer);

    assertEquals("Ada ✓", claims.get("name").textValue());
    assertEquals("m", claims.get("metadata").textValue());
    assertEquals("{\"k\":\"v\",\"l\":\"\"}", claims.get("attributes").toString());
    assertEquals("Ada ✓", answer.at("/participant_name"));
    assertEquals(ada, answer.at("/participant_identity"));
    assertEquals(answer.at("/call_id"), claims.get("call_id").textValue());
    JoinClaims.assertPlain(claims, "said " + ada);
  }

  @Test
  void users_have_their_own_identity_and_devices() {
    assertEquals(ada, identity(ada));
    assertEquals(ada, identity(ada.toUpperCase()));
    assertEquals(ada + ":phone", identity(ada + ":phone"));
    assertEquals(ada + ":Phone", identity(ada.toUpperCase() + ":Phone"));
    assertEquals(ada, identity(""));
    for (String other : List.of(People.somebody(), "ada", ada + "x", ada + "-1", " " + ada)) {
      String body = "{\"participant_identity\":\"" + other + "\"}";
      token(body).is(403, "forbidden");
      api.post(People.admin(), Api.TOKEN, body).is(403, "forbidden");
    }
    assertEquals(5, livekit.asked().size(), "nothing was made for who was refused");
  }

  private String identity(String wanted) {
    return claims(token("{\"participant_identity\":\"" + wanted + "\"}")).get("sub").textValue();
  }

  @Test
  void services_name_whom_they_like() {
    String body = "{\"participant_identity\":\"anybody\"}";
    JsonNode named = claims(api.post(People.service(), Api.TOKEN, body));
    assertEquals("anybody", named.get("sub").textValue());
    JsonNode one = claims(api.post(People.service(), Api.TOKEN, "{}"));
    JsonNode other = claims(api.post(People.service(), Api.TOKEN, "{}"));
    assertNotEquals(one.get("sub"), other.get("sub"));
  }

  @Test
  void agents_reach_livekit_and_the_token_with_their_maps() {
    String agents =
        """
        [{"agent_name":"guide","metadata":"{}","attributes":{"a":"b"},"deployment":"blue"},
         {"agent_name":"scribe"}]\
        """;
    Answer answer =
        token(
            "{\"room_config\":{\"agents\":%s,\"metadata\":\"of the room\",\"empty_timeout\":30,"
                    .formatted(agents)
                + "\"departure_timeout\":5,\"max_participants\":3}}");

    String spelled =
        "[{\"agentName\":\"guide\",\"metadata\":\"{}\",\"attributes\":{\"a\":\"b\"},"
            + "\"deployment\":\"blue\"},{\"agentName\":\"scribe\"}]";
    JsonNode config = claims(answer).get("roomConfig");
    assertEquals("{\"agents\":" + spelled + "}", config.toString());
    JsonNode asked = livekit.asked().getFirst().message();
    assertEquals(spelled, asked.get("agents").toString());
    assertEquals("of the room", asked.get("metadata").textValue());
    assertEquals(30, asked.get("emptyTimeout").asInt());
    assertEquals(5, asked.get("departureTimeout").asInt());
    assertEquals(3, asked.get("maxParticipants").asInt());
    Answer call = api.get(People.user(ada), Api.CALLS + "/" + answer.at("/call_id")).is(200);
    assertEquals("guide", call.at("/agent_name"));
    assertEquals("{}", call.json().get("metadata").toString());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"room_config\":{\"egress\":{}}}|/room_config/egress",
        "{\"room_config\":{\"name\":\"other\"}}|/room_config/name",
        "{\"room_config\":{\"tags\":{}}}|/room_config/tags",
        "{\"room_config\":{\"min_playout_delay\":1}}|/room_config/min_playout_delay",
        "{\"room_config\":{\"sync_streams\":true}}|/room_config/sync_streams",
        "{\"room_config\":{\"emptyTimeout\":1}}|/room_config/emptyTimeout",
        "{\"room_config\":{\"agents\":[{\"agent_name\":\"a\",\"x\":1}]}}|/room_config/agents/0/x",
        "{\"room_config\":{\"agents\":[{},{\"attributes\":{\"a\":1}}]}}"
            + "|/room_config/agents/1/attributes",
        "{\"room_config\":{\"agents\":[1]}}|/room_config/agents/0",
        "{\"room_config\":{\"agents\":{}}}|/room_config/agents",
        "{\"room_config\":{\"metadata\":{}}}|/room_config/metadata",
        "{\"room_config\":{\"empty_timeout\":-1}}|/room_config/empty_timeout",
        "{\"room_config\":[]}|/room_config",
        "{\"participant_attributes\":{\"a\":1}}|/participant_attributes",
        "{\"participant_attributes\":{\"a\":\"\\u0000\"}}|/participant_attributes/a",
        "{\"participant_metadata\":{}}|/participant_metadata",
        "{\"participant_name\":\"\\ud800\"}|/participant_name",
        "{\"room_name\":\"a\\u0000\"}|/room_name",
        "{\"room_name\":1}|/room_name"
      })
  void what_a_client_may_not_set_is_refused_with_its_place(String body, String pointer) {
    token(body).isWrong(pointer);
    assertEquals(List.of(), livekit.asked());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"video\":{\"roomAdmin\":true,\"room\":\"other\",\"hidden\":true,\"recorder\":true}",
        "\"grants\":{\"room_admin\":true}",
        "\"kind\":\"agent\",\"room_admin\":true,\"roomAdmin\":true",
        "\"hidden\":true,\"recorder\":true,\"agent\":true",
        "\"sip\":{\"admin\":true},\"inference\":{\"perform\":true},\"roomPreset\":\"x\"",
        "\"call_id\":\"5b3ee2ba-0b8f-4c3c-9be2-1f0f4a4e6a11\",\"ttl\":999999,\"exp\":9999999999",
        "\"sub\":\"other\",\"identity\":\"other\",\"iss\":\"other\",\"sha256\":\"x\"",
        "\"participant_attributes\":{\"lk.agent.state\":\"listening\",\"roomAdmin\":\"true\"}",
        "\"user_id\":\"x\",\"status\":\"completed\",\"total_tokens_used\":9,\"ended_at\":\"x\""
      })
  void no_body_widens_a_token(String fields) {
    for (String caller : List.of(People.user(ada), People.admin())) {
      Answer answer = api.post(caller, Api.TOKEN, "{" + fields + "}").is(201);
      JsonNode claims = claims(answer);
      JoinClaims.assertPlain(claims, answer.at("/room_name"));
      assertEquals(answer.at("/participant_identity"), claims.get("sub").textValue());
      assertFalse(claims.has("kind"));
      Answer call = api.get(caller, Api.CALLS + "/" + answer.at("/call_id")).is(200);
      assertEquals("pending", call.at("/status"));
      assertEquals(answer.at("/call_id"), claims.get("call_id").textValue());
      assertEquals("0", call.at("/total_tokens_used"));
    }
  }

  @Test
  void only_people_and_services_are_given_tokens() {
    String own = token("{}").is(201).at("/participant_token");
    api.post(own, Api.TOKEN, "{}").is(403, "forbidden");
    api.post(LiveKitSender.sign(new byte[0]), Api.TOKEN, "{}").is(401, "unauthorized");
    api.post(null, Api.TOKEN, "{}").is(401, "unauthorized");
    api.post("a.b.c", Api.TOKEN, "{}").is(401, "unauthorized");
  }

  @Test
  void what_is_no_json_is_said() {
    token("{\"a\":1,\"a\":2}").is(400, "malformed-json");
    token("{} {}").is(400, "malformed-json");
    token("[".repeat(100_000)).is(400, "malformed-json");
    token("{\"x\":\"" + "x".repeat(300_000) + "\"}").is(413, "body-too-large");
  }

  @Test
  void without_a_setting_no_other_origin_may_ask() {
    var preflight =
        RestAssured.given()
            .header("Origin", "https://app.example.org")
            .header("Access-Control-Request-Method", "POST")
            .options(Api.TOKEN);
    assertTrue(preflight.header("access-control-allow-origin") == null, preflight.asString());
  }

  @Test
  void who_asks_without_end_is_told_to_wait() {
    String eager = People.user(People.somebody());
    Answer last = null;
    for (int i = 0; i < 300 && (last == null || last.status() != 429); i++) {
      last = api.post(eager, Api.TOKEN, "{\"room_name\":1}");
    }
    last.is(429, "too-many-requests");
    assertTrue(Integer.parseInt(last.headers().firstValue("retry-after").orElseThrow()) >= 1);
    token("{}").is(201);
  }
}
