package dev.voiceledger.start;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.voiceledger.FreshDatabase;
import dev.voiceledger.PgBouncer;
import dev.voiceledger.TestDatabase;
import dev.voiceledger.TestDatabases;
import dev.voiceledger.history.Api;
import dev.voiceledger.history.People;
import dev.voiceledger.webhook.LiveKitSender;
import dev.voiceledger.webhook.Webhooks;
import java.net.URI;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Two replicas behind one PgBouncer in transaction mode, which nobody told them of. */
class PoolerIT {
  private static final int PEOPLE = 6;
  private static final int ROUNDS = 5;
  private static final int POSTS = 3;

  private static final String AS_IT_WAS =
      """
      select pg_backend_pid(),
        session_user = current_user
        and coalesce(current_setting('request.jwt.claims', true), '') = ''
        and current_setting('lock_timeout') = '0' and current_setting('statement_timeout') = '0'
        and current_setting('plan_cache_mode') = 'auto' and current_setting('enable_seqscan') = 'on'
        and not exists (select from pg_prepared_statements)\
      """;

  private static Map<String, String> environment(
      TestDatabase database, PgBouncer bouncer, boolean direct) {
    TestDatabase pooled = bouncer.through();
    Map<String, String> environment = new HashMap<>();
    environment.put("DATABASE_URL", pooled.url(TestDatabase.SERVICE));
    environment.put("DATABASE_OWNER_URL", pooled.url(TestDatabase.OWNER));
    if (direct) {
      environment.put("DATABASE_DIRECT_URL", database.url(TestDatabase.SERVICE));
    }
    environment.put("LIVEKIT_API_KEY", FreshDatabase.LIVEKIT_API_KEY);
    environment.put("LIVEKIT_API_SECRET", FreshDatabase.LIVEKIT_API_SECRET);
    environment.put("JWT_SECRET", FreshDatabase.JWT_SECRET);
    return environment;
  }

  private static Supplier<RunningService> starting(Map<String, String> environment) {
    return () -> {
      try {
        return RunningService.start(environment);
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    };
  }

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
      for (int round = 0; round < ROUNDS; round++) {
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
              "{\"session_id\":\"%s\",\"role\":\"user\",\"content\":\"%d\"}".formatted(sid, post);
          api.post(token, "/api/v1/voice/messages", body).is(201);
        }
        assertEquals(POSTS, messages(api, token, sid));
        assertEquals(round + 1, api.get(token, Api.CALLS).is(200).json().get("data").size());
        api.get(People.user(People.somebody()), Api.CALLS + "/" + sid).is(404, "call-not-found");
        assertEquals(200, livekit.post(Webhooks.roomFinished(sid, room, now * 1000, now + 1)));
      }
      return ROUNDS;
    }

    private static int messages(Api api, String token, String sid) {
      return api.get(token, Api.CALLS + "/" + sid + "/messages").is(200).json().get("data").size();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void everything_works_and_nothing_is_left_on_a_connection(boolean direct) throws Exception {
    TestDatabase database = TestDatabases.on18().empty();
    try (PgBouncer bouncer = PgBouncer.before(database)) {
      Map<String, String> environment = environment(database, bouncer, direct);
      // Both migrate an empty database at once, through the pooler.
      List<RunningService> replicas =
          Api.atOnce(List.of(starting(environment), starting(environment)));
      try (RunningService one = replicas.getFirst();
          RunningService other = replicas.getLast()) {
        assertTrue(one.output().contains("goes through a pooler"), one.output());
        assertEquals(!direct, one.output().contains("found by polling"), one.output());
        List<URI> bases =
            replicas.stream().map(each -> URI.create("http://127.0.0.1:" + each.port)).toList();
        happens(bases, replicas);
        assertEquals(200, one.status("/q/health/ready"));
        assertFalse(one.output().contains("ERROR"), one.output());
        assertFalse(other.output().contains("ERROR"), other.output());
        assertNothingIsLeft(bouncer.through());
      }
    }
    assertEquals(PEOPLE * ROUNDS, count(database, "voice_calls where status = 'completed'"));
    assertEquals(PEOPLE * ROUNDS * POSTS, count(database, "voice_messages"));
  }

  /** The first alone, for a service that has just started is slow; then all others at once. */
  private static void happens(List<URI> bases, List<RunningService> replicas) throws Exception {
    List<Supplier<Integer>> people = new ArrayList<>();
    IntStream.range(1, PEOPLE)
        .forEach(i -> people.add(new Person(People.somebody(), bases, i)::happen));
    try {
      new Person(People.somebody(), bases, 0).happen();
      Api.atOnce(people);
    } catch (IllegalStateException | AssertionError failed) {
      for (RunningService replica : replicas) {
        System.err.println(replica.output());
      }
      throw failed;
    }
  }

  /** All of the pooler's connections at once: each transaction holds one. */
  private static void assertNothingIsLeft(TestDatabase pooled) throws SQLException {
    Set<Integer> processes = new HashSet<>();
    List<Connection> all = new ArrayList<>();
    try {
      for (int i = 0; i < PgBouncer.CONNECTIONS; i++) {
        Connection connection = pooled.service();
        all.add(connection);
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement();
            ResultSet row = statement.executeQuery(AS_IT_WAS)) {
          row.next();
          processes.add(row.getInt(1));
          assertTrue(row.getBoolean(2), "something is left on a connection");
        }
      }
    } finally {
      for (Connection connection : all) {
        connection.close();
      }
    }
    assertEquals(PgBouncer.CONNECTIONS, processes.size());
  }

  private static int count(TestDatabase database, String what) throws SQLException {
    try (Connection connection = database.superuser();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("select count(*) from " + what)) {
      row.next();
      return row.getInt(1);
    }
  }
}
