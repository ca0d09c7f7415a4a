package dev.voiceledger.start;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.voiceledger.TestDatabase;
import dev.voiceledger.history.Api;
import dev.voiceledger.history.People;
import dev.voiceledger.history.Tables;
import dev.voiceledger.live.Stream;
import dev.voiceledger.webhook.LiveKitSender;
import dev.voiceledger.webhook.Webhooks;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** People and LiveKit see nothing of a PgBouncer: webhooks, messages, live, search. */
class PoolerIT {
  private static final int PEOPLE = 6;
  private static final int ROUNDS = 5;
  private static final int POSTS = 3;
  private static final int SECONDS_MAX = 60;

  private static final String LINES =
      "pg_stat_activity where application_name = 'voiceledger-live'"
          + " and datname = current_database()";

  /** Somebody with calls of their own, who speaks to both replicas in turn. */
  private record Person(String id, List<URI> replicas, int number) {
    private URI replica(int round) {
      return replicas.get((round + number) % replicas.size());
    }

    private String call(int round) {
      return "RM_pooled_" + number + "_" + round;
    }

    private Integer happen() {
      String token = People.user(id);
      try (Stream stream = Stream.open(replica(0), token, Stream.ALL)) {
        for (int round = 0; round < ROUNDS; round++) {
          happen(token, round);
        }
        Set<String> told = new HashSet<>();
        while (told.size() < ROUNDS * POSTS) {
          told.add(stream.next("message", null, null).at("content"));
        }
      }
      return found(token);
    }

    private void happen(String token, int round) {
      LiveKitSender livekit = new LiveKitSender(replica(round));
      String sid = call(round);
      String room = "room " + sid;
      long now = Instant.now().getEpochSecond();
      assertEquals(200, livekit.post(Webhooks.roomStarted(sid, room, now * 1000, now)));
      assertEquals(
          200,
          livekit.post(
              Webhooks.participant(
                  "participant_joined", sid, room, "PA_" + sid, id, now * 1000, now)));
      Api api = new Api(replica(round + 1));
      for (int post = 0; post < POSTS; post++) {
        String body =
            "{\"session_id\":\"%s\",\"role\":\"user\",\"content\":\"pooled words %d of %s\"}"
                .formatted(sid, post, sid);
        api.post(token, "/api/v1/voice/messages", body).is(201);
      }
      assertEquals(POSTS, messages(api, token, sid));
      assertEquals(round + 1, size(api, token, Api.CALLS));
      api.get(People.user(People.somebody()), Api.CALLS + "/" + sid).is(404, "call-not-found");
      assertEquals(200, livekit.post(Webhooks.roomFinished(sid, room, now * 1000, now + 1)));
    }

    /** The words of it are written behind the ledger. */
    private int found(String token) {
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS_MAX);
      Api api = new Api(replica(1));
      while (size(api, token, Api.CALLS + "?q=pooled") < ROUNDS) {
        assertTrue(System.nanoTime() < end, "what was said is not found");
        pause();
      }
      return ROUNDS;
    }

    private static void pause() {
      try {
        TimeUnit.MILLISECONDS.sleep(100);
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }

    private static int messages(Api api, String token, String sid) {
      return size(api, token, Api.CALLS + "/" + sid + "/messages");
    }

    private static int size(Api api, String token, String path) {
      return api.get(token, path).is(200).json().get("data").size();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void everything_works_and_nothing_is_left_on_a_connection(boolean direct) throws Exception {
    TestDatabase database;
    try (PooledReplicas replicas = PooledReplicas.start(direct, Map.of())) {
      database = replicas.database;
      String output = replicas.all.getFirst().output();
      assertTrue(output.contains("goes through a pooler"), output);
      assertEquals(!direct, output.contains("found by polling"), output);
      happens(replicas);
      assertEquals(200, replicas.all.getFirst().status("/q/health/ready"));
      if (direct) {
        assertEquals(2, count(database, LINES), "each replica listens, past the pooler");
      }
      replicas.assertNoErrors();
      replicas.assertNothingIsLeft();
      replicas.assertBounds();
    }
    assertEquals(PEOPLE * ROUNDS, count(database, "voice_calls where status = 'completed'"));
    assertEquals(PEOPLE * ROUNDS * POSTS, count(database, "voice_messages"));
  }

  /** The first alone, for a service that has just started is slow; then all others at once. */
  private static void happens(PooledReplicas replicas) {
    List<Supplier<Integer>> people = new ArrayList<>();
    IntStream.range(1, PEOPLE)
        .forEach(i -> people.add(new Person(People.somebody(), replicas.bases(), i)::happen));
    try {
      new Person(People.somebody(), replicas.bases(), 0).happen();
      Api.atOnce(people);
    } catch (IllegalStateException | AssertionError failed) {
      System.err.println(replicas.output());
      throw failed;
    }
  }

  private static int count(TestDatabase database, String what) {
    return Integer.parseInt(Tables.text(database, "select count(*) from " + what));
  }
}
