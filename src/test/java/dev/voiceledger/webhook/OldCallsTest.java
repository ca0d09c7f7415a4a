package dev.voiceledger.webhook;

import static io.restassured.RestAssured.given;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.voiceledger.FreshDatabase;
import dev.voiceledger.TestDatabase;
import dev.voiceledger.history.Tables;
import dev.voiceledger.retention.CallsKept;
import dev.voiceledger.retention.Sweeps;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import java.net.URI;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Calls that ended long ago are erased, as by DELETE, with what came of them. */
@QuarkusTest
@WithTestResource(FreshDatabase.class)
@WithTestResource(CallsKept.class)
class OldCallsTest {
  private static final long DAY = 86_400;
  private static final String AGED =
      "update webhook_events set received_at = now() - interval '%d days' where %s";
  private static final String METRIC = "voiceledger_retention_removed_total{table=\"%s\"} ";

  private static final String MESSAGES =
      "insert into voice_messages (call_id, role, content, audio_url)"
          + " select c.id, 'user', 'x', 's3://' || n"
          + " from voice_calls c, generate_series(1, %d) n where c.room_sid = '%s'";
  private static final String EVENTS =
      "insert into webhook_events (id, state, room_sid, call_id, body)"
          + " select 'EV_' || n, 'applied', c.room_sid, c.id, ''"
          + " from voice_calls c, generate_series(1, %d) n where c.room_sid = '%s'";

  /** In place of sixty seconds: more than a thousand rows at once take too long. */
  private static final List<String> TOO_LONG =
      List.of(
          "create function too_long() returns trigger language plpgsql as $$ begin"
              + " if (select count(*) > 1000 from gone) then raise query_canceled; end if;"
              + " return null; end $$",
          "create trigger too_long after delete on voice_messages referencing old table as gone"
              + " for each statement execute function too_long()",
          "create trigger too_long after delete on webhook_events referencing old table as gone"
              + " for each statement execute function too_long()");

  TestDatabase database;

  @TestHTTPResource URI base;

  private LiveKitSender livekit;

  @BeforeEach
  void begin() {
    livekit = new LiveKitSender(base);
  }

  private String count(String of) {
    return Tables.text(database, "select count(*) from " + of);
  }

  /** A call of this room that began so many days ago, with somebody in it. */
  private Webhooks began(String room, long days) {
    long at = Instant.now().getEpochSecond() - days * DAY;
    Webhooks started = Webhooks.roomStarted(room, "the name", at * 1000, at);
    assertEquals(200, livekit.post(started));
    assertEquals(
        200,
        livekit.post(
            Webhooks.participant(
                "participant_joined", room, "the name", "PA_" + room, "Zoe", at * 1000, at + 1)));
    return started;
  }

  private void ended(String room, long days) {
    long at = Instant.now().getEpochSecond() - days * DAY;
    assertEquals(200, livekit.post(Webhooks.roomFinished(room, "the name", 1, at)));
  }

  private static double removed(String table) {
    String metric = METRIC.formatted(table);
    return given()
        .get("/q/metrics")
        .asString()
        .lines()
        .filter(line -> line.startsWith(metric))
        .mapToDouble(line -> Double.parseDouble(line.substring(metric.length())))
        .sum();
  }

  @Test
  void what_ended_long_ago_is_erased_and_counted_and_the_rest_stays() {
    began("RM_old", 100);
    ended("RM_old", 91);
    began("RM_late", 100);
    ended("RM_late", 89);
    began("RM_open", 200);
    Tables.write(
        database,
        "insert into voice_messages (call_id, role, content)"
            + " select id, 'user', 'a word of Zoe' from voice_calls where room_sid = 'RM_old'");
    String id = Tables.text(database, "select id from voice_calls where room_sid = 'RM_old'");
    double before = removed("voice_messages");

    try (Logs logs = new Logs()) {
      Sweeps.now();
      logs.assertSilentOn(List.of("Zoe", "the name", "a word"));
      assertTrue(logs.lines().stream().anyMatch(line -> line.contains("erased callId=" + id)));
    }

    assertEquals("0", count("voice_calls where room_sid = 'RM_old'"));
    assertEquals("1", count("erased_calls where call_id = '" + id + "'"));
    assertEquals("0", count("webhook_events where call_id = '" + id + "'"));
    assertEquals("2", count("voice_calls where room_sid in ('RM_late', 'RM_open')"));
    assertEquals(before + 1, removed("voice_messages"));
    assertTrue(removed("voice_calls") >= 1 && removed("call_participants") >= 1);
  }

  /** Somebody who holds one call holds up nothing else, and the call goes the next time. */
  @Test
  void a_call_that_is_held_does_not_stand_in_the_way_of_others() throws SQLException {
    for (String room : List.of("RM_a_held", "RM_b_free")) {
      began(room, 100);
      ended(room, 95);
    }
    try (Connection somebody = database.superuser();
        Statement holds = somebody.createStatement()) {
      somebody.setAutoCommit(false);
      holds.execute("select from voice_calls where room_sid = 'RM_a_held' for update");
      String id = Tables.text(database, "select id from voice_calls where room_sid = 'RM_a_held'");
      try (Logs logs = new Logs()) {
        Sweeps.now();
        assertTrue(logs.lines().stream().anyMatch(line -> line.contains("callId=" + id)), "which");
      }
      assertEquals("1", count("voice_calls where room_sid = 'RM_a_held'"));
      assertEquals("0", count("voice_calls where room_sid = 'RM_b_free'"));
    }
    Sweeps.now();
    assertEquals("0", count("voice_calls where room_sid = 'RM_a_held'"));
  }

  /** What takes all of a large call at once would run into its bound, and so at each walk again. */
  @Test
  void a_large_call_goes_step_by_step_and_is_counted_as_one() {
    began("RM_large", 100);
    ended("RM_large", 95);
    Tables.write(database, MESSAGES.formatted(2_500, "RM_large"));
    Tables.write(database, EVENTS.formatted(1_200, "RM_large"));
    String id = Tables.text(database, "select id from voice_calls where room_sid = 'RM_large'");
    double before = removed("voice_messages");
    TOO_LONG.forEach(sql -> Tables.write(database, sql));
    try (Logs logs = new Logs()) {
      Sweeps.now();
      String told =
          logs.lines().stream().filter(l -> l.contains("erased callId=" + id)).findAny().get();
      assertTrue(told.contains("voice_messages=2500") && told.contains("voice_calls=1"), told);
      assertTrue(told.contains("notErased=2500"), told);
    } finally {
      Tables.write(database, "drop function too_long() cascade");
    }
    assertEquals("0", count("voice_calls where room_sid = 'RM_large'"));
    assertEquals("0", count("voice_messages where call_id = '" + id + "'"));
    assertEquals("0", count("webhook_events where room_sid = 'RM_large'"));
    assertEquals(before + 2_500, removed("voice_messages"));
  }

  @Test
  void an_event_of_an_erased_call_stays_out_though_it_was_forgotten() {
    Webhooks started = began("RM_gone", 100);
    ended("RM_gone", 99);
    Tables.write(database, AGED.formatted(99, "room_sid = 'RM_gone'"));
    Sweeps.now();
    assertEquals("0", count("voice_calls where room_sid = 'RM_gone'"), "it ended 90 days ago");

    assertEquals(200, livekit.post(started));
    assertEquals("0", count("voice_calls where room_sid = 'RM_gone'"));
    assertEquals("0", count("webhook_events where room_sid = 'RM_gone'"));
  }

  /** Kept for as long as a call of its age would be, and replayable until then. */
  @Test
  void a_failed_event_is_kept_while_its_replay_could_have_an_effect() {
    Webhooks odd = Webhooks.event("room_started", "RM_odd", "odd", 0);
    odd.json().remove("createdAt");
    livekit.post(odd);
    String id = odd.json().get("id").textValue();
    Tables.write(database, AGED.formatted(CallsKept.CALLS_DAYS - 1, "id = '" + id + "'"));
    Sweeps.now();
    Operators.replay(id).then().statusCode(200);
    assertEquals(
        "failed", Tables.text(database, "select state from webhook_events where id = ?", id));
    Tables.write(database, AGED.formatted(CallsKept.CALLS_DAYS + 1, "id = '" + id + "'"));
    Sweeps.now();
    Operators.replay(id).then().statusCode(404);
  }
}
