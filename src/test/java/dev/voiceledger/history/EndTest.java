package dev.voiceledger.history;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.voiceledger.FreshDatabase;
import dev.voiceledger.TestDatabase;
import dev.voiceledger.history.Api.Answer;
import dev.voiceledger.livekit.LiveKitDouble;
import dev.voiceledger.webhook.LiveKitSender;
import dev.voiceledger.webhook.Webhooks;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** {@code POST …/end}: the room is closed, then the call is over, until somebody knows better. */
@QuarkusTest
@WithTestResource(FreshDatabase.class)
@WithTestResource(LiveKitDouble.class)
class EndTest {
  private static final long CREATED_MS = 1_790_000_000_123L;
  private static final long AT = 1_790_000_000L;

  @TestHTTPResource URI base;
  LiveKitDouble livekit;
  TestDatabase database;

  private final String ada = People.user(People.somebody());
  private Api api;
  private JsonNode call;
  private String id;
  private String room;
  private String sid;

  @BeforeEach
  void begin() {
    livekit.works();
    api = new Api(base);
    call = api.made(ada, "{}");
    id = call.get("id").textValue();
    room = call.get("room_name").textValue();
    sid = call.get("room_sid").textValue();
    livekit.works();
  }

  @AfterEach
  void mend() {
    livekit.works();
  }

  private void tell(Webhooks event) {
    assertEquals(200, new LiveKitSender(base).post(event));
  }

  private Webhooks joined(long at) {
    return Webhooks.participant("participant_joined", sid, room, "PA_1", "guest", at * 1000, at);
  }

  private List<String> asked() {
    return livekit.asked().stream().map(LiveKitDouble.Asked::method).toList();
  }

  @Test
  void a_live_room_is_closed_and_the_call_completed() {
    tell(joined(AT + 10));
    Answer ended = api.end(ada, id).is(200);

    assertEquals("completed", ended.at("/status"));
    assertEquals("ended_by_api", ended.at("/end_reason"));
    assertEquals("settling", ended.at("/completeness"));
    assertTrue(ended.json().get("duration_seconds").asInt() > 0);
    assertFalse(livekit.rooms().containsKey(room));
    assertEquals(List.of("ListRooms", "DeleteRoom"), asked());
    String left =
        Tables.text(
            database,
            "select left_at = ended_at from call_participants p join voice_calls"
                + " c on c.id = p.call_id where c.id = ?::uuid",
            id);
    assertEquals("t", left);
  }

  @Test
  void one_that_nobody_entered_has_failed() {
    Answer ended = api.end(ada, id).is(200);
    assertEquals("failed", ended.at("/status"));
    assertEquals("never_connected", ended.at("/end_reason"));
    assertEquals(null, ended.at("/duration_seconds"));
    assertNotNull(ended.at("/ended_at"));
  }

  @Test
  void again_is_the_same_and_asks_nobody() {
    Answer ended = api.end(ada, id).is(200);
    livekit.down();
    assertEquals(ended.body(), api.end(ada, id).is(200).body());
    assertEquals(ended.body(), api.end(ada, sid).is(200).body());
    assertEquals(ended.body(), api.end(ada, room).is(200).body());
  }

  @Test
  void a_room_that_is_gone_need_not_be_closed() {
    new LiveRooms(livekit, base).forget(room);
    livekit.works();
    assertEquals("failed", api.end(ada, id).is(200).at("/status"));
    assertEquals(List.of("ListRooms"), asked());
  }

  @Test
  void a_newer_room_of_the_same_name_stays() {
    new LiveRooms(livekit, base).forget(room);
    String newer = new LiveRooms(livekit, base).told(room);
    api.end(ada, id).is(200);
    assertEquals(newer, livekit.rooms().get(room));
    assertEquals("pending", api.get(People.admin(), Api.CALLS + "/" + newer).at("/status"));
  }

  @Test
  void without_livekit_it_stays_open() {
    List<Consumer<LiveKitDouble>> troubles =
        List.of(
            LiveKitDouble::down,
            LiveKitDouble::neverAnswers,
            double500 -> double500.answers(500, "{}"),
            slow -> slow.slow(Duration.ofSeconds(6)));
    for (Consumer<LiveKitDouble> trouble : troubles) {
      trouble.accept(livekit);
      api.end(ada, id).is(502, "livekit-unavailable");
      livekit.works();
      assertEquals("pending", api.get(ada, Api.CALLS + "/" + id).at("/status"));
    }
    api.end(ada, id).is(200);
  }

  @Test
  void an_end_that_livekit_reports_beats_it() {
    tell(joined(AT + 10));
    api.end(ada, id).is(200);
    tell(Webhooks.roomFinished(sid, room, CREATED_MS, AT + 70));
    Answer call = api.get(ada, Api.CALLS + "/" + id).is(200);
    assertEquals("room_finished", call.at("/end_reason"));
    assertEquals(Instant.ofEpochSecond(AT + 70), Instant.parse(call.at("/ended_at")));
    assertEquals("60", call.at("/duration_seconds"));
    assertEquals(call.body(), api.end(ada, id).is(200).body());
  }

  @Test
  void somebody_who_joins_later_opens_it_again() {
    api.end(ada, id).is(200);
    tell(joined(AT + 10));
    assertEquals("completed", api.get(ada, Api.CALLS + "/" + id).at("/status"));
    long later = Instant.now().getEpochSecond() + 30;
    tell(Webhooks.participant("participant_joined", sid, room, "PA_2", "x", later * 1000, later));
    Answer open = api.get(ada, Api.CALLS + "/" + id);
    assertEquals("active", open.at("/status"));
    assertEquals(null, open.at("/ended_at"));
    assertEquals("completed", api.end(ada, id).is(200).at("/status"));
  }

  @Test
  void many_at_once_end_it_once() {
    List<Answer> answers = Api.atOnce(Collections.nCopies(8, () -> api.end(ada, id)));
    answers.forEach(answer -> assertEquals("failed", answer.is(200).at("/status")));
  }

  @Test
  void a_call_without_a_room_ends_too() {
    String own =
        Tables.text(
            database,
            "insert into voice_calls (user_id, status) select user_id, 'pending' from voice_calls"
                + " where id = ?::uuid returning id",
            id);
    assertEquals("failed", api.end(ada, own).is(200).at("/status"));
    assertEquals(List.of(), asked());
  }

  @Test
  void it_is_for_its_owner_and_operators() {
    String guest = People.somebody();
    api.patch(ada, id, "{\"invited_user_ids\":[\"" + guest + "\"]}").is(200);
    api.end(People.user(guest), id).is(403, "forbidden");
    api.end(People.user(People.somebody()), id).is(404, "call-not-found");
    api.end(People.join(room, guest), id).is(403, "forbidden");
    api.end(null, id).is(401, "unauthorized");
    assertTrue(livekit.rooms().containsKey(room));
    api.end(People.admin(), id).is(200);
  }
}
