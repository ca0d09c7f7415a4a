package dev.voiceledger.message;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.voiceledger.FreshDatabase;
import dev.voiceledger.TestDatabase;
import dev.voiceledger.history.Api;
import dev.voiceledger.history.Api.Answer;
import dev.voiceledger.history.LiveRooms;
import dev.voiceledger.history.People;
import dev.voiceledger.history.Tables;
import dev.voiceledger.livekit.LiveKitDouble;
import dev.voiceledger.webhook.LiveKitSender;
import dev.voiceledger.webhook.Webhooks;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import java.net.URI;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Into which calls one may post, and when: before, during and after them. */
@QuarkusTest
@WithTestResource(FreshDatabase.class)
@WithTestResource(LiveKitDouble.class)
class RefusalsTest {
  private static final long CREATED_MS = 1_790_000_000_123L;
  private static final String TEXT = "\"role\":\"user\",\"content\":\"x\"";

  @TestHTTPResource URI base;
  LiveKitDouble livekit;
  TestDatabase database;

  private final String owner = People.somebody();
  private final String ada = People.user(owner);
  private Api api;
  private String id;
  private String room;
  private String sid;
  private String joinToken;

  @BeforeEach
  void begin() {
    livekit.works();
    api = new Api(base);
    JsonNode made = api.post(ada, Api.CALLS, "{}").is(201).json();
    JsonNode call = made.get("call");
    joinToken = made.get("participant_token").asText();
    id = call.get("id").asText();
    room = call.get("room_name").asText();
    sid = call.get("room_sid").asText();
  }

  private Answer post(String token, String field, String call) {
    return api.post(token, Messages.PATH, "{\"%s\":\"%s\",%s}".formatted(field, call, TEXT));
  }

  private String count() {
    return Tables.text(database, "select count(*) from voice_messages where call_id = ?::uuid", id);
  }

  @Test
  void a_call_goes_by_all_its_names() {
    post(ada, "call_id", id).is(201);
    post(ada, "conversation_id", id).is(201);
    post(ada, "session_id", sid).is(201);
    post(ada, "room_sid", sid).is(201);
    assertEquals("4", count());
    String two = "{\"call_id\":\"%s\",\"room_sid\":\"%s\",%s}";
    api.post(ada, Messages.PATH, two.formatted(id, sid, TEXT)).is(201);
    api.post(ada, Messages.PATH, two.formatted(id, "RM_another", TEXT)).isWrong("/room_sid");
  }

  /** As MessageCreate of the seed has it: four fields, of which two may be left out. */
  @Test
  void the_seed_s_body_has_the_seed_s_defaults() {
    Answer answer = post(ada, "conversation_id", id).is(201);
    assertEquals("voice", answer.at("/input_modality"));
    assertEquals("{}", answer.json().get("metadata").toString());
  }

  @Test
  void what_is_refused_in_a_list_is_named_with_its_reason() {
    String message = People.somebody();
    api.post(ada, Messages.PATH, list("\"id\":\"" + message + "\",\"segment_id\":\"S\"")).is(201);
    Answer answer =
        api.post(
            ada,
            Messages.PATH,
            "{\"messages\":[{\"call_id\":\"%s\",%s},{\"call_id\":\"%s\",%s},%s]}"
                .formatted(
                    People.somebody(),
                    TEXT,
                    id,
                    TEXT,
                    "{\"call_id\":\"%s\",\"id\":\"%s\",\"segment_id\":\"T\",%s}"
                        .formatted(id, message, TEXT)));
    assertEquals(1, answer.is(201).json().get("data").size());
    assertEquals(
        "[0,2]", answer.json().get("refused").findValues("index").toString().replace(" ", ""));
    assertEquals("urn:voiceledger:problem:call-not-found", answer.at("/refused/0/type"));
    assertEquals("urn:voiceledger:problem:conflict", answer.at("/refused/1/type"));
    api.post(ada, Messages.PATH, list("\"segment_id\":\"U\"")).is(201);
    assertFalse(api.post(ada, Messages.PATH, list("")).body().contains("refused"));
  }

  private String list(String names) {
    String comma = names.isEmpty() ? "" : ",";
    return "{\"call_id\":\"%s\",\"messages\":[{%s%s%s}]}".formatted(id, names, comma, TEXT);
  }

  @Test
  void posts_come_late_and_are_kept() {
    new LiveRooms(livekit, base).over(room);
    assertEquals("failed", api.get(ada, Api.CALLS + "/" + id).at("/status"));
    for (String token : List.of(ada, People.service(), joinToken)) {
      post(token, "call_id", id).is(201);
    }
    assertEquals("3", api.get(ada, Api.CALLS + "/" + id).at("/message_count"));
  }

  @Test
  void a_call_whose_room_could_not_be_made_takes_its_owner_s_posts() {
    livekit.answers(500, "{}");
    api.post(ada, Api.CALLS, "{}").is(502, "livekit-unavailable");
    livekit.works();
    String failed = api.get(ada, Api.CALLS + "?status=failed").is(200).at("/data/0/id");
    post(ada, "call_id", failed).is(201);
    post(People.user(People.somebody()), "call_id", failed).is(404, "call-not-found");
  }

  @Test
  void a_call_without_a_room_takes_its_owner_s_posts_by_its_own_session_id() {
    String mine = "session " + People.somebody();
    Tables.write(
        database, "insert into voice_calls (user_id, session_id) values (?::uuid, ?)", owner, mine);
    post(ada, "session_id", mine).is(201);
    post(People.service(), "session_id", mine).is(201);
    post(People.user(People.somebody()), "session_id", mine).is(404, "call-not-found");
  }

  @Test
  void nothing_is_posted_into_an_erased_call() {
    post(ada, "call_id", id).is(201);
    post(People.agent(room, "a"), "call_id", id).is(201);
    api.delete(ada, id).is(200);
    for (String token : List.of(ada, People.service(), People.admin(), People.agent(room, "a"))) {
      post(token, "call_id", id).is(404, "call-not-found");
      post(token, "room_sid", sid).is(404, "call-not-found");
    }
    assertEquals("0", count());
  }

  /** At once, though it was let in a moment before. */
  @Test
  void who_was_removed_posts_no_more() {
    new LiveRooms(livekit, base).joined(room, "guest");
    String guest = People.join(room, "guest");
    post(guest, "call_id", id).is(201);
    Webhooks left =
        Webhooks.participant(
            "participant_left", sid, room, "PA_guest", "guest", CREATED_MS, now() + 60);
    left.participant().put("disconnectReason", "PARTICIPANT_REMOVED");
    assertEquals(200, new LiveKitSender(base).post(left));
    post(guest, "call_id", id).is(404, "call-not-found");
    post(People.join(room, "another"), "call_id", id).is(201);
  }

  private static long now() {
    return java.time.Instant.now().getEpochSecond();
  }

  @Test
  void a_room_that_no_webhook_told_of_is_asked_for_at_livekit() {
    LiveRooms rooms = new LiveRooms(livekit, base);
    String untold = "untold " + People.somebody();
    String live = rooms.untold(untold);
    String agent = People.agent(untold, "agent");
    post(agent, "room_sid", "RM_other").is(404, "call-not-found");
    post(People.agent("elsewhere", "agent"), "room_sid", live).is(404, "call-not-found");
    post(ada, "room_sid", live).is(404, "call-not-found");
    livekit.answers(500, "{}");
    post(agent, "room_sid", live).is(502, "livekit-unavailable");
    livekit.works();
    String made = post(agent, "session_id", live).is(201).at("/call_id");
    post(People.join(untold, "guest"), "room_sid", live).is(201);
    assertEquals(untold, api.get(agent, Api.CALLS + "/" + live).is(200).at("/room_name"));
    rooms.told(untold);
    assertEquals("2", api.get(agent, Api.CALLS + "/" + made).is(200).at("/message_count"));
    post(People.service(), "room_sid", "RM_" + People.somebody()).is(201);
  }

  @Test
  void a_mere_participant_is_held_to_a_measure_and_agents_are_not() {
    String batch = String.join(",", Collections.nCopies(500, "{" + TEXT + "}"));
    String body = "{\"call_id\":\"" + id + "\",\"messages\":[" + batch + "]}";
    String guest = People.join(room, "guest");
    Answer last = null;
    for (int i = 0; i < 20 && (last == null || last.status() != 429); i++) {
      last = api.post(guest, Messages.PATH, body);
    }
    last.is(429, "too-many-requests");
    assertTrue(last.headers().firstValue("retry-after").isPresent());
    for (String token : List.of(People.agent(room, "a"), People.service(), ada)) {
      for (int i = 0; i < 4; i++) {
        api.post(token, Messages.PATH, body).is(201);
      }
    }
  }

  /** RELIABILITY R6. */
  @Test
  void nobody_says_by_whom_or_what_the_call_comes_to() {
    for (String field :
        List.of("posted_by", "poster_rank", "id_given", "created_at", "updated_at", "user_id")) {
      String body = "{\"call_id\":\"%s\",%s,\"%s\":\"x\"}".formatted(id, TEXT, field);
      api.post(People.service(), Messages.PATH, body).isWrong("/" + field);
    }
    for (String total :
        List.of("total_tokens_used", "message_count", "cost_cents", "status", "ended_at")) {
      String body = "{\"call_id\":\"%s\",\"%s\":1,\"messages\":[{%s}]}".formatted(id, total, TEXT);
      api.post(ada, Messages.PATH, body).isWrong("/" + total);
    }
    assertEquals("0", count());
  }
}
