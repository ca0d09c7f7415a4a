package dev.voiceledger.history;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.voiceledger.FreshDatabase;
import dev.voiceledger.TestDatabase;
import dev.voiceledger.faults.Scenario;
import dev.voiceledger.history.Api.Answer;
import dev.voiceledger.livekit.LiveKitDouble;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.SqlConnection;
import jakarta.inject.Inject;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * RELIABILITY R4: many people ask at once over few connections, some give up in the middle, some
 * requests fail and some time out; nobody sees a row of another. A scenario of the suite of faults,
 * which asks for the full number; it stands here since it looks at the pool's own connections.
 */
@QuarkusTest
@WithTestResource(FreshDatabase.class)
@WithTestResource(LiveKitDouble.class)
class LeakTest {
  private static final int REQUESTS = Scenario.pick(2_000, 100_000);
  private static final String NAME = "R4";
  private static final int CLIENTS = 32;
  private static final int USERS = 200;
  private static final int CONNECTIONS = 8;
  private static final int HELD_EVERY = 500;

  /** Every user has three calls, all of one room name, and one more that somebody has locked. */
  private static final String THEIRS =
      """
      insert into voice_calls (user_id, room_sid, room_name, title)
      select u::uuid, 'RM_' || u || n, case n when 4 then 'held' else 'of all' end, u
      from unnest(?::text[]) u, generate_series(1, 4) n\
      """;

  @TestHTTPResource URI base;
  LiveKitDouble livekit;
  TestDatabase database;
  @Inject Pool pool;

  private final List<String> users =
      IntStream.range(0, USERS).mapToObj(i -> People.somebody()).toList();
  private final List<String> tokens = users.stream().map(People::user).toList();
  private final Random seeds = Scenario.random(NAME);
  private final AtomicInteger next = new AtomicInteger();
  private final Map<String, Integer> outcomes = Collections.synchronizedMap(new TreeMap<>());
  private Api api;

  @BeforeEach
  void begin() {
    api = new Api(base);
    String all = "{" + String.join(",", users) + "}";
    Tables.write(database, "insert into users (id) select unnest(?::uuid[])", all);
    Tables.write(database, THEIRS, all);
    livekit.answers(500, "{}");
  }

  @AfterEach
  void mend() {
    livekit.works();
  }

  @Test
  void nobody_sees_a_row_of_another_and_no_connection_remembers_anybody() throws Exception {
    try (Connection holder = database.superuser();
        PreparedStatement lock =
            holder.prepareStatement(
                "select 1 from voice_calls where room_name = 'held' for update")) {
      holder.setAutoCommit(false);
      lock.executeQuery();
      Api.atOnce(Collections.nCopies(CLIENTS, this::client));
      holder.rollback();
    }
    Scenario.says(NAME, REQUESTS + " requests, 0 foreign rows: " + outcomes);
    assertTrue(outcomes.getOrDefault("foreign 404", 0) > REQUESTS / 40, "" + outcomes);
    assertTrue(outcomes.keySet().stream().noneMatch(key -> key.endsWith(" 500")), "" + outcomes);
    assertTrue(outcomes.getOrDefault("list 200", 0) > REQUESTS / 10, "" + outcomes);
    assertTrue(outcomes.getOrDefault("cancelled", 0) > REQUESTS / 20, "" + outcomes);
    assertTrue(outcomes.containsKey("held 503"), "" + outcomes);
    assertConnectionsAreNobodys();
    Api.atOnce(Collections.nCopies(CONNECTIONS, () -> api.get(tokens.get(0), Api.CALLS).is(200)));
  }

  private long seed() {
    synchronized (seeds) {
      return seeds.nextLong();
    }
  }

  private Void client() {
    Random random = new Random(seed());
    for (int i; (i = next.getAndIncrement()) < REQUESTS; ) {
      int user = random.nextInt(USERS);
      String outcome = i % HELD_EVERY == 7 ? held(user) : ask(user, random.nextInt(100), random);
      outcomes.merge(outcome, 1, Integer::sum);
    }
    return null;
  }

  private String ask(int user, int dice, Random random) {
    String token = tokens.get(user);
    String own = "RM_" + users.get(user) + (1 + random.nextInt(3));
    if (dice < 10) {
      return cancelled(token, dice % 2 == 0 ? "" : "/" + own, random);
    } else if (dice < 40) {
      return seen("list", user, api.get(token, Api.CALLS + "?limit=200&include_total=true"));
    } else if (dice < 60) {
      return seen("one", user, api.get(token, Api.CALLS + "/" + own));
    } else if (dice < 70) {
      return seen("named", user, api.get(token, Api.CALLS + "/of%20all"));
    } else if (dice < 75) {
      return said(user, own);
    } else if (dice < 85) {
      return seen("patch", user, api.patch(token, own, "{\"metadata\":{\"a\":" + dice + "}}"));
    } else if (dice < 92) {
      String others = "RM_" + users.get((user + 1) % USERS) + "1";
      int status =
          (dice % 2 == 0 ? api.get(token, Api.CALLS + "/" + others) : say(token, others)).status();
      assertTrue(status == 404 || status == 503, "" + status);
      return "foreign " + status;
    } else if (dice < 98) {
      return "bad " + api.patch(token, own, "{\"title\":\"\\u0000\"}").is(400).status();
    }
    return "no livekit " + api.post(token, Api.CALLS, "{}").status();
  }

  private Answer say(String token, String call) {
    String body = "{\"session_id\":\"%s\",\"role\":\"user\",\"content\":\"x\"}".formatted(call);
    return api.post(token, "/api/v1/voice/messages", body);
  }

  /** What a user says stands under that user's name, among the user's own. */
  private String said(int user, String call) {
    Answer posted = say(tokens.get(user), call);
    if (posted.status() == 201) {
      assertEquals("user:" + users.get(user), posted.at("/posted_by"));
      Answer read = api.get(tokens.get(user), Api.CALLS + "/" + call + "/messages?limit=200");
      Set<String> posters = Set.copyOf(read.json().findValuesAsText("posted_by"));
      assertTrue(read.status() == 503 || posters.equals(Set.of(posted.at("/posted_by"))));
    }
    return "said " + posted.status();
  }

  /** Whatever comes is the user's own; when too much is asked at once, nothing may come. */
  private String seen(String what, int user, Answer answer) {
    if (answer.status() == 200) {
      List<String> owners = answer.json().findValuesAsText("user_id");
      assertEquals(Set.of(users.get(user)), Set.copyOf(owners), what);
      JsonNode total = answer.json().get("total");
      // A call may be made between the question for the page and the one for the total.
      assertTrue(total == null || total.asInt() <= owners.size() + 1, answer.body());
    } else {
      assertEquals(503, answer.status(), answer.body());
    }
    return what + " " + answer.status();
  }

  private String held(int user) {
    Answer answer = api.patch(tokens.get(user), "RM_" + users.get(user) + 4, "{\"title\":\"x\"}");
    return "held " + answer.status();
  }

  /** Asks, and is gone: at once or while the answer is made, with a reset or in good order. */
  private String cancelled(String token, String path, Random random) {
    try (Socket socket = new Socket(base.getHost(), base.getPort())) {
      socket.setTcpNoDelay(true);
      if (random.nextBoolean()) {
        socket.setSoLinger(true, 0);
      }
      String request =
          "GET %s HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\n\r\n"
              .formatted(Api.CALLS + path, token);
      socket.getOutputStream().write(request.getBytes(ISO_8859_1));
      Thread.sleep(random.nextInt(6));
      return "cancelled";
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** All of them at once, so that none is left out: each is the login's own again. */
  private void assertConnectionsAreNobodys() throws Exception {
    List<Future<SqlConnection>> all = new ArrayList<>();
    for (int i = 0; i < CONNECTIONS; i++) {
      all.add(pool.getConnection());
    }
    Future.all(all).toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    for (Future<SqlConnection> one : all) {
      String is =
          one.result()
              .query(
                  "select session_user || ' ' || current_user || ' '"
                      + " || coalesce(current_setting('request.jwt.claims', true), '')")
              .execute()
              .map(rows -> rows.iterator().next().getString(0))
              .toCompletionStage()
              .toCompletableFuture()
              .get(10, TimeUnit.SECONDS);
      assertEquals(TestDatabase.SERVICE + " " + TestDatabase.SERVICE + " ", is);
    }
    for (Future<SqlConnection> one : all) {
      one.result().close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    }
  }
}
