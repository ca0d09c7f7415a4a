package dev.voiceledger.history;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
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
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** {@code DELETE}: a receipt, and nothing of the call anywhere, whatever comes later. */
@QuarkusTest
@WithTestResource(FreshDatabase.class)
@WithTestResource(LiveKitDouble.class)
class EraseTest {
  private static final long CREATED_MS = 1_790_000_000_123L;
  private static final long AT = 1_790_000_000L;
  private static final List<String> UNDER =
      List.of(
          "call_participants", "call_recordings", "call_usage", "voice_messages", "webhook_events");

  @TestHTTPResource URI base;
  LiveKitDouble livekit;
  TestDatabase database;

  private final String ada = People.user(People.somebody());
  private Api api;
  private String id;
  private String room;
  private String sid;

  @BeforeEach
  void begin() {
    livekit.works();
    api = new Api(base);
    JsonNode call =
        api.post(ada, Api.CALLS, "{}", "Idempotency-Key", "of:" + People.somebody())
            .is(201)
            .json()
            .get("call");
    id = call.get("id").textValue();
    room = call.get("room_name").textValue();
    sid = call.get("room_sid").textValue();
    events().forEach(this::tell);
    write(
        "insert into call_usage (call_id, source, type, model) values (?::uuid, 's', 'llm', 'm')");
    write(
        "insert into voice_messages (call_id, sequence_number, segment_id, role, content,"
            + " audio_url) select ?::uuid, n, n, 'user', 'hello', case n when 1 then 's3://audio' end"
            + " from generate_series(1, 3) n");
    write("update voice_calls set transcript_url = 's3://transcript' where id = ?::uuid");
  }

  @AfterEach
  void mend() {
    livekit.works();
  }

  private void write(String sql) {
    assertTrue(Tables.write(database, sql, id) > 0);
  }

  private List<Webhooks> events() {
    List<Webhooks> events = new ArrayList<>();
    events.add(Webhooks.roomStarted(sid, room, CREATED_MS, AT));
    for (String who : List.of("a guest", People.somebody())) {
      events.add(
          Webhooks.participant(
              "participant_joined", sid, room, "PA_" + who, who, CREATED_MS, AT + 1));
    }
    Webhooks recorded =
        Webhooks.egress("egress_ended", sid, room, "EG_" + sid, "EGRESS_COMPLETE", AT + 5);
    recorded.egressInfo().putArray("fileResults").addObject().put("location", "s3://file");
    events.add(recorded);
    events.add(Webhooks.event("a_new_event", sid, room, AT));
    return events;
  }

  private void tell(Webhooks event) {
    assertEquals(200, new LiveKitSender(base).post(event));
  }

  private String count(String table) {
    return Tables.text(database, "select count(*) from " + table + " where call_id = ?::uuid", id);
  }

  /** In which tables a text is to be found, in any column whatever its type. */
  private List<String> mentions(String text) {
    List<String> found = new ArrayList<>();
    for (String table :
        Tables.texts(
            database,
            "select table_name from information_schema.tables where table_schema = 'public'"
                + " and table_type = 'BASE TABLE'")) {
      String body = table.equals("webhook_events") ? " || encode(t.body, 'escape')" : "";
      String sql =
          "select count(*) from %s t where strpos(to_jsonb(t)::text%s, ?) > 0"
              .formatted(table, body);
      if (!"0".equals(Tables.text(database, sql, text))) {
        found.add(table);
      }
    }
    return found;
  }

  private void assertNothingLeft() {
    assertEquals(List.of(), mentions(sid));
    assertEquals(List.of(), mentions(room));
    assertEquals(List.of("erased_calls"), mentions(id));
    for (String name : List.of(id, sid, room)) {
      api.get(ada, Api.CALLS + "/" + name).is(404, "call-not-found");
      api.get(People.service(), Api.CALLS + "/" + name).is(404, "call-not-found");
    }
  }

  @Test
  void the_receipt_counts_what_the_tables_had_and_then_nothing_is_left() {
    assertEquals(
        List.of("idempotency_keys", "voice_calls"),
        mentions(id).stream().filter(t -> t.matches("voice_calls|idem.*")).sorted().toList());
    List<String> before = UNDER.stream().map(this::count).toList();
    assertEquals(List.of("2", "1", "1", "3", "5"), before);

    Answer receipt = api.delete(ada, id).is(200);

    assertEquals(id, receipt.at("/call_id"));
    assertEquals(before, UNDER.stream().map(table -> receipt.at("/erased/" + table)).toList());
    assertEquals("1", receipt.at("/erased/voice_calls"));
    assertEquals(
        "[{\"url\":\"s3://file\",\"kind\":\"recording\"},"
            + "{\"url\":\"s3://transcript\",\"kind\":\"transcript\"},"
            + "{\"url\":\"s3://audio\",\"kind\":\"message_audio\"}]",
        receipt.json().get("not_erased").toString());
    assertEquals("true", receipt.at("/not_erased_is_whole"));
    assertFalse(livekit.rooms().containsKey(room), "an open call is ended first");
    assertNothingLeft();
  }

  @Test
  void what_comes_late_is_answered_and_kept_out() {
    api.delete(ada, id).is(200);
    events().forEach(this::tell);
    tell(Webhooks.roomFinished(sid, room, CREATED_MS, AT + 60));
    assertNothingLeft();
    api.end(ada, id).is(404, "call-not-found");
    api.patch(ada, id, "{}").is(404, "call-not-found");
    api.delete(ada, id).is(404, "call-not-found");
  }

  @Test
  void events_in_the_same_moment_do_not_bring_it_back() {
    List<Supplier<Object>> all = new ArrayList<>();
    all.add(() -> api.delete(ada, id).is(200));
    for (Webhooks event : events()) {
      all.add(() -> {
        tell(event);
        return event;
      });
    }
    Api.atOnce(all);
    assertNothingLeft();
  }

  @Test
  void of_two_at_once_one_has_the_receipt_and_the_others_find_nothing() {
    List<Integer> statuses =
        Api.<Answer>atOnce(Collections.nCopies(6, () -> api.delete(ada, id))).stream()
            .map(Answer::status)
            .sorted()
            .toList();
    assertEquals(List.of(200, 404, 404, 404, 404, 404), statuses);
    assertNothingLeft();
  }

  @Test
  void a_change_in_the_same_moment_is_made_or_finds_nothing() {
    List<Supplier<Answer>> all =
        new ArrayList<>(Collections.nCopies(6, () -> api.patch(ada, id, "{\"title\":\"x\"}")));
    all.add(() -> api.delete(ada, id));
    for (Answer answer : Api.atOnce(all)) {
      assertTrue(List.of(200, 404).contains(answer.status()), answer.body());
    }
    assertNothingLeft();
  }

  @Test
  void who_waited_for_an_erasure_finds_nothing_too() throws Exception {
    try (Connection first = database.superuser();
        PreparedStatement gone = first.prepareStatement("delete from voice_calls where id = ?")) {
      api.end(ada, id).is(200);
      first.setAutoCommit(false);
      gone.setObject(1, UUID.fromString(id));
      gone.executeUpdate();
      Supplier<Answer> delete = () -> api.delete(ada, id);
      Supplier<Answer> patch = () -> api.patch(ada, id, "{\"title\":\"x\"}");
      Supplier<Answer> release =
          () -> {
            awaitTwoWaiting();
            commit(first);
            return null;
          };
      List<Answer> answers = Api.atOnce(List.of(delete, patch, release));
      answers.get(0).is(404, "call-not-found");
      answers.get(1).is(404, "call-not-found");
    }
    assertNothingLeft();
  }

  private void awaitTwoWaiting() {
    String waiting =
        "select count(*) from pg_stat_activity where datname = current_database()"
            + " and wait_event_type = 'Lock'";
    while (!"2".equals(Tables.text(database, waiting))) {
      Thread.onSpinWait();
    }
  }

  private static void commit(Connection connection) {
    try {
      connection.commit();
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void without_livekit_nothing_of_an_open_call_is_erased() {
    livekit.down();
    api.delete(ada, id).is(502, "livekit-unavailable");
    livekit.works();
    assertEquals(List.of("2", "1", "1", "3", "5"), UNDER.stream().map(this::count).toList());
    api.end(ada, id).is(200);
    livekit.down();
    api.delete(ada, id).is(200);
  }

  @Test
  void it_is_for_its_owner_and_operators() {
    String guest = People.somebody();
    api.patch(ada, id, "{\"invited_user_ids\":[\"" + guest + "\"]}").is(200);
    api.delete(People.user(guest), id).is(403, "forbidden");
    api.delete(People.user(People.somebody()), id).is(404, "call-not-found");
    api.delete(People.join(room, guest), id).is(403, "forbidden");
    assertTrue(livekit.rooms().containsKey(room));
    api.delete(People.service(), sid).is(200);
    assertNothingLeft();
  }
}
