package dev.voiceledger.webhook;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.voiceledger.DatabaseProxy;
import dev.voiceledger.ProxiedDatabase;
import dev.voiceledger.TestDatabase;
import dev.voiceledger.webhook.Senders.Answers;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import java.net.URI;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** W10: our own trouble is 503, soon, and over when the trouble is over. */
@QuarkusTest
@WithTestResource(ProxiedDatabase.class)
class DatabaseAwayTest {
  private static final long AT = 1_790_000_000L;
  private static final int SENDERS = 32;
  private static final long REFUSED_MS_MAX = 1_500;
  private static final long STALLED_MS_MAX = 5_000;
  private static final long RECOVERY_MS_MAX = 2_000;
  private static final String LANES =
      "select count(*) from pg_stat_activity where datname = current_database()"
          + " and application_name = 'voiceledger-ledger'";

  TestDatabase database;
  DatabaseProxy proxy;

  @TestHTTPResource URI base;

  @AfterEach
  void heal() {
    proxy.heal();
    recovers();
  }

  @Test
  void without_a_database_every_webhook_is_answered_503_at_once() {
    List<Webhooks> events = events("RM_away", 500);
    proxy.away();

    Answers answers = send(events);

    assertEquals(Map.of(503, 500), answers.statuses);
    assertEquals(0, answers.retryAfters);
    assertTrue(answers.slowestMs < REFUSED_MS_MAX, answers::toString);
    proxy.heal();
    recovers();
    assertEquals(Map.of(200, 500), send(events).statuses);
    Rows.assertSame(Oracle.rows(events), Rows.ofRooms(database, "RM_away%"));
  }

  @Test
  void a_database_that_does_not_answer_is_503_within_seconds() {
    List<Webhooks> events = events("RM_stalled", 200);
    proxy.stall();

    Answers answers = send(events);

    assertEquals(Map.of(503, 200), answers.statuses);
    assertEquals(0, answers.retryAfters);
    assertTrue(answers.slowestMs < STALLED_MS_MAX, answers::toString);
    proxy.heal();
    recovers();
    assertEquals(Map.of(200, 200), send(events).statuses);
    Rows.assertSame(Oracle.rows(events), Rows.ofRooms(database, "RM_stalled%"));
  }

  @Test
  void after_a_long_silence_each_lane_has_one_connection_and_no_more() throws Exception {
    proxy.stall();
    for (int i = 0; i < 2; i++) {
      send(events("RM_silence" + i, 8));
      Thread.sleep(300);
    }
    proxy.heal();
    recovers();
    send(events("RM_silence", 100));

    long deadline = System.currentTimeMillis() + RECOVERY_MS_MAX;
    String lanes;
    do {
      Thread.sleep(50);
      lanes = Sql.text(database, LANES);
    } while (!lanes.equals("2") && System.currentTimeMillis() < deadline);
    assertEquals("2", lanes);
  }

  @Test
  void connections_that_break_lose_nothing_that_was_acknowledged() throws Exception {
    List<Webhooks> events = new CallGenerator(10, "cut.").events(2_000, 100);
    Thread breaker =
        Thread.ofPlatform()
            .start(() -> {
              for (int i = 0; i < 10; i++) {
                sleep(40);
                proxy.cut();
              }
            });

    Answers answers = send(events);
    breaker.join();

    assertTrue(Set.of(200, 503).containsAll(answers.statuses.keySet()), answers::toString);
    assertEquals(0, answers.retryAfters);
    recovers();
    int acknowledged = answers.statuses.getOrDefault(200, 0);
    int kept = Rows.ofInbox(database, "EV_cut.%").size();
    assertTrue(kept >= acknowledged, kept + " kept of " + acknowledged);
    assertEquals(Map.of(200, 2_000), send(events).statuses);
    Rows.assertSame(Oracle.rows(events), Rows.ofRooms(database, "RM_cut.%"));
  }

  @Test
  void backends_that_are_terminated_cost_no_webhook() {
    List<Webhooks> events = events("RM_terminated", 400);
    database.asSuperuser("select pg_terminate_backend(pid) from (" + pids() + ") p");

    assertEquals(Map.of(200, 400), send(events).statuses);
  }

  @Test
  void a_call_that_somebody_keeps_locked_is_503_in_time_and_good_afterwards() throws SQLException {
    List<Webhooks> events = events("RM_locked", 20);
    assertEquals(Map.of(200, 20), send(events).statuses);
    List<Webhooks> more = events("RM_locked", 20);
    try (Connection somebody = database.superuser();
        Statement lock = somebody.createStatement()) {
      somebody.setAutoCommit(false);
      lock.execute(
          "select from voice_calls where room_sid like 'RM#_locked%' escape '#' for update");

      Answers answers = send(more);

      assertEquals(Map.of(503, 20), answers.statuses, answers::toString);
      assertTrue(answers.slowestMs < STALLED_MS_MAX, answers::toString);
      somebody.rollback();
    }
    sleep(RECOVERY_MS_MAX);
    assertEquals(Map.of(200, 20), send(more).statuses);
  }

  @Test
  void a_call_that_somebody_keeps_locked_costs_the_others_nothing() throws SQLException {
    assertEquals(Map.of(200, 1), send(events("RM_held", 1)).statuses);
    List<Webhooks> held = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      held.addAll(events("RM_held", 1));
    }
    List<Webhooks> others = events("RM_free", 400);
    try (Connection somebody = database.superuser();
        Statement lock = somebody.createStatement()) {
      somebody.setAutoCommit(false);
      lock.execute("select from voice_calls where room_sid = 'RM_held0' for update");
      Thread sender = Thread.ofVirtual().start(() -> held.forEach(one -> send(List.of(one))));

      Answers answers = send(others);

      assertEquals(Map.of(200, 400), answers.statuses, answers::toString);
      somebody.rollback();
      sender.interrupt();
    }
  }

  private static String pids() {
    return LANES.replace("count(*)", "pid");
  }

  private Answers send(List<Webhooks> events) {
    Senders livekit = new Senders(base);
    return livekit.send(livekit.requests(events), SENDERS);
  }

  private void recovers() {
    long deadline = System.currentTimeMillis() + RECOVERY_MS_MAX;
    LiveKitSender livekit = new LiveKitSender(base);
    for (int lane = 0; lane < 8; lane++) {
      Webhooks probe = Webhooks.roomStarted("RM_probe" + lane, "w10", AT * 1000, AT);
      int status;
      while ((status = livekit.post(probe)) != 200 && System.currentTimeMillis() < deadline) {
        sleep(50);
      }
      assertEquals(200, status, "not back after " + RECOVERY_MS_MAX + " ms");
    }
  }

  private static void sleep(long ms) {
    try {
      Thread.sleep(ms);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static List<Webhooks> events(String sid, int count) {
    List<Webhooks> events = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      String room = sid + i % 50;
      events.add(
          Webhooks.participant("participant_joined", room, "w10", "PA_" + i, "P", AT * 1000, AT));
    }
    return events;
  }
}
