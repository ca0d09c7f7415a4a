package dev.voiceledger.history;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.voiceledger.FreshDatabase;
import dev.voiceledger.history.Api.Answer;
import dev.voiceledger.livekit.LiveKitDouble;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import java.net.URI;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Which kind of caller each route is for, and how often one may ask. */
@QuarkusTest
@WithTestResource(FreshDatabase.class)
@WithTestResource(LiveKitDouble.class)
class RolesTest {
  private static final List<String> READS =
      List.of("", "/participants", "/recordings", "/usage", "/messages");
  private static final String MESSAGES = "/api/v1/voice/messages";

  @TestHTTPResource URI base;
  LiveKitDouble livekit;

  private final String ada = People.user(People.somebody());
  private Api api;
  private Answer made;
  private String call;
  private String room;

  @BeforeEach
  void begin() {
    livekit.works();
    api = new Api(base);
    made = api.post(ada, Api.CALLS, "{}").is(201);
    call = Api.CALLS + "/" + made.at("/call/id");
    room = made.at("/call/room_name");
  }

  @Test
  void owners_admins_and_services_may_do_all() {
    for (String token : List.of(ada, People.admin(), People.service())) {
      String id = api.made(ada, "{}").get("id").textValue();
      READS.forEach(read -> api.get(token, Api.CALLS + "/" + id + read).is(200));
      api.get(token, Api.CALLS).is(200);
      api.get(token, Api.CALLS + "/active").is(200);
      api.patch(token, id, "{\"title\":\"x\",\"metadata\":{\"a\":1}}").is(200);
      api.end(token, id).is(200);
      api.delete(token, id).is(200);
      api.post(token, Api.CALLS, "{}").is(201);
      api.post(token, Api.TOKEN, "{}").is(201);
    }
  }

  @Test
  void a_service_token_that_names_a_user_is_nobody_s_user() {
    assertEquals(null, api.made(People.service(), "{}").get("user_id").textValue());
  }

  @Test
  void participants_read_and_do_not_write() {
    String guest = People.somebody();
    new LiveRooms(livekit, base).joined(room, guest);
    String token = People.user(guest);
    READS.forEach(read -> api.get(token, call + read).is(200));
    assertEquals(guest, api.get(token, call + "/participants").at("/data/0/user_id"));
    api.patch(token, made.at("/call/id"), "{}").is(403, "forbidden");
    api.end(token, made.at("/call/id")).is(403, "forbidden");
    api.delete(token, made.at("/call/id")).is(403, "forbidden");
  }

  @Test
  void holders_of_a_join_token_read_its_call_and_no_other_and_do_nothing_else() {
    String other = Api.CALLS + "/" + api.made(ada, "{}").get("id").textValue();
    for (String token : List.of(made.at("/participant_token"), People.join(room, "an agent"))) {
      for (String read : READS) {
        api.get(token, call + read).is(200);
        api.get(token, Api.CALLS + "/" + room + read).is(200);
        Answer none = api.get(token, Api.CALLS + "/" + People.somebody() + read).is(404);
        assertEquals(none.body(), api.get(token, other + read).is(404).body());
      }
      api.get(token, Api.CALLS).is(403, "forbidden");
      api.get(token, Api.CALLS + "/active").is(403, "forbidden");
      api.post(token, Api.CALLS, "{}").is(403, "forbidden");
      api.post(token, Api.TOKEN, "{}").is(403, "forbidden");
      api.patch(token, made.at("/call/id"), "{}").is(403, "forbidden");
      api.end(token, made.at("/call/id")).is(403, "forbidden");
      api.delete(token, made.at("/call/id")).is(403, "forbidden");
    }
    assertEquals("pending", api.get(ada, call).at("/status"));
  }

  private Answer say(String token, String id) {
    String body = "{\"call_id\":\"%s\",\"role\":\"user\",\"content\":\"x\"}".formatted(id);
    return api.post(token, MESSAGES, body);
  }

  @Test
  void who_is_in_a_call_says_what_was_said_there_and_who_only_looks_does_not() {
    String id = made.at("/call/id");
    String guest = People.somebody();
    String invited = People.somebody();
    new LiveRooms(livekit, base).joined(room, guest);
    api.patch(ada, id, "{\"invited_user_ids\":[\"" + invited + "\"]}").is(200);
    for (String token :
        List.of(
            ada,
            People.admin(),
            People.service(),
            People.user(guest),
            People.join(room, "guest"),
            People.agent(room, "agent"),
            made.at("/participant_token"))) {
      say(token, id).is(201);
    }
    assertSilent(id, People.user(invited));
    assertEquals("7", api.get(ada, call).at("/message_count"));
  }

  private void assertSilent(String id, String invited) {
    Answer none = say(ada, People.somebody()).is(404, "call-not-found");
    for (String token :
        List.of(
            invited,
            People.user(People.somebody()),
            People.join("another room", "guest"),
            People.agent("another room", "agent"),
            api.post(ada, Api.CALLS, "{}").is(201).at("/participant_token"))) {
      assertEquals(none.body(), say(token, id).is(404, "call-not-found").body());
    }
    for (String token : new String[] {null, "none", "a.b.c"}) {
      say(token, id).is(401, "unauthorized");
    }
  }

  @Test
  void nobody_does_nothing() {
    for (String token : new String[] {null, "none", "a.b.c"}) {
      READS.forEach(read -> api.get(token, call + read).is(401, "unauthorized"));
      api.get(token, Api.CALLS).is(401, "unauthorized");
      api.get(token, Api.CALLS + "/active").is(401, "unauthorized");
      api.patch(token, made.at("/call/id"), "{}").is(401, "unauthorized");
      api.end(token, made.at("/call/id")).is(401, "unauthorized");
      Answer answer = api.delete(token, made.at("/call/id")).is(401, "unauthorized");
      assertEquals("Bearer", answer.headers().firstValue("www-authenticate").orElseThrow());
    }
  }

  @Test
  void who_writes_without_end_is_told_to_wait_and_others_are_not() {
    Answer last = null;
    for (int i = 0; i < 3_000 && (last == null || last.status() != 429); i++) {
      last = api.patch(ada, "x", "[]");
    }
    last.is(429, "too-many-requests");
    int wait = Integer.parseInt(last.headers().firstValue("retry-after").orElseThrow());
    assertTrue(wait >= 1 && wait <= 10, wait + " s");
    String id = made.at("/call/id");
    api.get(ada, call).is(200);
    api.patch(People.admin(), id, "{}").is(200);
    api.patch(People.service(), id, "{}").is(200);
  }
}
