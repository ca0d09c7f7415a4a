package dev.voiceledger.reconcile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.voiceledger.DatabaseProxy;
import dev.voiceledger.ProxiedDatabase;
import dev.voiceledger.TestDatabase;
import dev.voiceledger.history.Tables;
import dev.voiceledger.livekit.LiveKitDouble;
import dev.voiceledger.webhook.LiveKitSender;
import dev.voiceledger.webhook.Webhooks;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.net.URI;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Of several replicas one compares; another takes over; and an outage is looked into at once. */
@QuarkusTest
@WithTestResource(ProxiedDatabase.class)
@WithTestResource(LiveKitDouble.class)
class TurnTest {
  private static final Duration LONG = Duration.ofMinutes(10);
  private static final Duration SHORT = Duration.ofSeconds(2);
  private static final Duration WAIT_MAX = Duration.ofSeconds(30);

  @TestHTTPResource URI base;
  @Inject ReconcilerThread thread;
  LiveKitDouble livekit;
  TestDatabase database;
  DatabaseProxy proxy;

  @BeforeEach
  void begin() {
    new Scene(livekit, database, thread.sources(), base);
  }

  @AfterEach
  void heal() {
    proxy.heal();
  }

  private Reconciler replica(Duration interval) {
    return new Reconciler(thread.sources(), interval);
  }

  private long passes() {
    return livekit.asked().stream().filter(one -> one.method().equals("ListRooms")).count();
  }

  @Test
  void one_of_two_compares_and_gives_its_turn_back() throws Exception {
    Reconciler first = replica(LONG);
    Reconciler second = replica(LONG);
    for (int i = 0; i < 3; i++) {
      first.turn();
      second.turn();
    }
    assertEquals(1, passes());

    first.giveBack();
    Reconciler third = replica(LONG);
    third.turn();
    assertEquals(2, passes());
  }

  @Test
  void whoever_dies_is_followed_within_a_period() throws Exception {
    Reconciler first = replica(SHORT);
    Reconciler second = replica(SHORT);
    first.turn();
    assertEquals(1, passes());
    String dead = holder();
    String until = Tables.text(database, "select until from reconciler");

    long start = System.nanoTime();
    while (holder().equals(dead) && System.nanoTime() - start < WAIT_MAX.toNanos()) {
      Thread.sleep(second.turn());
    }

    assertEquals(2, passes());
    assertEquals(
        "t",
        Tables.text(database, "select clock_timestamp() >= cast(? as timestamptz)", until),
        "taken before its time");
  }

  private String holder() {
    return Tables.text(database, "select holder from reconciler");
  }

  /** The holder renews before its time is over. */
  @Test
  void whoever_lives_keeps_the_turn() throws Exception {
    Reconciler first = replica(SHORT);
    Reconciler second = replica(SHORT);
    first.turn();
    String holder = holder();
    long start = System.nanoTime();
    while (System.nanoTime() - start < SHORT.multipliedBy(2).toNanos()) {
      first.turn();
      second.turn();
      assertEquals(holder, holder());
      Thread.sleep(20);
    }
  }

  @Test
  void what_the_ledger_refused_is_looked_for_at_once() throws Exception {
    Reconciler replica = replica(LONG);
    LiveKitSender sender = new LiveKitSender(base);
    ObjectNode room = livekit.rooms.open("refused");
    replica.turn();
    Tables.write(database, "delete from voice_calls");
    proxy.away();
    Webhooks lost = Webhooks.roomStarted(Scene.sid(room), "refused", Scene.AT * 1000, Scene.AT);
    assertEquals(503, sender.post(lost));
    proxy.heal();

    Tables.write(database, "delete from erased_calls");
    until(replica, "1", "select count(*) from voice_calls where room_sid = ?", Scene.sid(room));
  }

  @Test
  void a_livekit_that_was_away_is_compared_when_it_is_back() throws Exception {
    Reconciler replica = replica(LONG);
    livekit.down();
    replica.turn();
    livekit.works();
    ObjectNode room = livekit.rooms.open("back");
    until(replica, "1", "select count(*) from voice_calls where room_sid = ?", Scene.sid(room));
  }

  private void until(Reconciler replica, String is, String sql, String value) throws Exception {
    long start = System.nanoTime();
    while (!Tables.text(database, sql, value).equals(is)) {
      assertTrue(System.nanoTime() - start < WAIT_MAX.toNanos(), "not at once");
      Thread.sleep(replica.turn());
    }
  }
}
