package dev.voiceledger.start;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.voiceledger.TestDatabase;
import dev.voiceledger.history.Api;
import dev.voiceledger.history.People;
import dev.voiceledger.history.Tables;
import dev.voiceledger.livekit.LiveKitDouble;
import java.io.IOException;
import java.net.URI;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

/**
 * What runs by itself behind a PgBouncer, with no way past it: one replica compares with LiveKit
 * until it is gone, one forgets what is old, and operators see all of it.
 */
class PoolerJobsIT {
  private static final int SECONDS_MAX = 60;
  private static final String COMPARES = "this replica compares calls with LiveKit";

  private static void await(String what, PooledReplicas replicas, BooleanSupplier so)
      throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS_MAX);
    while (!so.getAsBoolean()) {
      assertTrue(System.nanoTime() < end, () -> what + "\n" + replicas.output());
      TimeUnit.MILLISECONDS.sleep(50);
    }
  }

  private static boolean isThere(TestDatabase database, String from) {
    return "t".equals(Tables.text(database, "select exists (select from " + from + ")"));
  }

  private static boolean compares(RunningService replica) {
    try {
      return replica.output().contains(COMPARES);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String open(String room) {
    return "voice_calls where room_name = '" + room + "' and status in ('pending', 'active')";
  }

  /** A raw event from long ago, and a call whose reports come no more; no law is asked. */
  private static void prepare(TestDatabase database) {
    database.asSuperuser(
        """
        set session_replication_role = replica;
        insert into webhook_events (id, event, state, body, received_at)
          values ('EV_old', 'unheard', 'ignored', '{}', now() - interval '40 days');
        insert into voice_calls (session_id, status, started_at, ended_at, completeness)
          values ('late', 'failed', now() - interval '1 day', now() - interval '1 hour',
            'settling')\
        """);
  }

  @Test
  void jobs_go_on_with_whichever_replica_is_there() throws Exception {
    try (LiveKitDouble livekit = LiveKitDouble.started()) {
      livekit.rooms.open("unannounced");
      Map<String, String> settings =
          Map.of(
              "LIVEKIT_API_URL", livekit.url().toString(),
              "RECONCILE_INTERVAL", "2s",
              "RETENTION_EVERY", "2s");
      try (PooledReplicas replicas = PooledReplicas.start(false, settings)) {
        TestDatabase database = replicas.database;
        prepare(database);
        await("a room is found", replicas, () -> isThere(database, open("unannounced")));
        await(
            "an old event is forgotten",
            replicas,
            () -> !isThere(database, "webhook_events where id = 'EV_old'"));
        await(
            "a late call is complete",
            replicas,
            () -> isThere(database, "voice_calls where completeness = 'complete'"));
        operatorsSee(replicas.bases().getFirst());
        replicas.assertNoErrors();
        anotherTakesOver(replicas, livekit);
        replicas.assertNoErrors();
        replicas.assertNothingIsLeft();
      }
    }
  }

  private static void operatorsSee(URI base) {
    Api.Answer seen = new Api(base).get(People.service(), "/api/v1/operations").is(200);
    assertEquals("8", seen.at("/replica/pool/size_max"), seen.body());
  }

  private static void anotherTakesOver(PooledReplicas replicas, LiveKitDouble livekit)
      throws InterruptedException {
    RunningService one = replicas.all.getFirst();
    RunningService other = replicas.all.getLast();
    RunningService going = compares(one) ? one : other;
    RunningService staying = going == one ? other : one;
    assertTrue(compares(going) && !compares(staying), "one compares, and the other waits");
    long killed = System.nanoTime();
    going.kill();
    livekit.rooms.open("later");
    await("another compares", replicas, () -> compares(staying));
    System.err.printf(
        "another compares %d ms after the end of the one, at an interval of 2 s%n",
        TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - killed));
    await("what is new is found", replicas, () -> isThere(replicas.database, open("later")));
  }
}
