package dev.voiceledger.message;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.voiceledger.FreshDatabase;
import dev.voiceledger.TestDatabase;
import dev.voiceledger.history.Api;
import dev.voiceledger.history.People;
import dev.voiceledger.history.Tables;
import dev.voiceledger.livekit.LiveKitDouble;
import dev.voiceledger.message.Workload.Post;
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
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * RELIABILITY D2, and two writers of one call: whatever is said twice, in pieces, edited and taken
 * away while others write, each total is the sum of what stands. {@code -Dwriters.messages=100000}
 * for the full form of D2.
 */
@QuarkusTest
@WithTestResource(FreshDatabase.class)
@WithTestResource(LiveKitDouble.class)
class ManyWritersTest {
  private static final int MESSAGES_OF_TWO = 10_000;
  private static final int TASKS_OF_TWO = 32;
  private static final int MESSAGES = Integer.getInteger("writers.messages", 5_000);
  private static final int CALLS = 50;
  private static final int WRITERS = 16;
  private static final int BATCH_MAX = 40;
  private static final int DELETED_ONE_IN = 40;

  private static final String STANDS =
      """
      select concat_ws('|', segment_id, content, final) from voice_messages
      where call_id = ?::uuid order by segment_id\
      """;

  @TestHTTPResource URI base;
  TestDatabase database;

  /** A call, and what is said in it. */
  private record Written(String id, Workload said) {}

  @Test
  void an_agent_and_a_service_write_one_call_with_sixteen_tasks_each() {
    Api api = new Api(base);
    JsonNode call = api.made(People.user(People.somebody()), "{}");
    String id = call.get("id").asText();
    List<String> tokens =
        List.of(People.service(), People.agent(call.get("room_name").asText(), "agent"));
    Workload said = new Workload(new Random(7), "S", MESSAGES_OF_TWO);
    List<Supplier<Integer>> tasks = new ArrayList<>();
    for (int task = 0; task < TASKS_OF_TWO; task++) {
      List<Post> own = dealt(said.posts(), task, TASKS_OF_TWO);
      List<String> batches = Workload.batches(new Random(task), id, own, BATCH_MAX);
      String token = tokens.get(task % 2);
      tasks.add(() -> worst(api, token, batches));
    }
    long start = System.nanoTime();
    assertTrue(Api.atOnce(tasks).stream().allMatch(status -> status < 300));
    print("two writers", said.posts().size(), start);
    assertStands(id, Workload.stands(said.posts()));
    Messages.assertWithoutGaps(database, id, MESSAGES_OF_TWO);
  }

  private static <T> List<T> dealt(List<T> all, int one, int of) {
    return IntStream.range(0, all.size()).filter(i -> i % of == one).mapToObj(all::get).toList();
  }

  private static int worst(Api api, String token, List<String> batches) {
    return batches.stream()
        .mapToInt(batch -> api.post(token, Messages.PATH, batch).status())
        .max()
        .orElse(0);
  }

  private static void print(String what, int posts, long start) {
    double seconds = (System.nanoTime() - start) / 1e9;
    System.err.printf("%s: %d posts in %.1f s, %.0f/s%n", what, posts, seconds, posts / seconds);
  }

  private void assertStands(String id, Map<String, Post> stands) {
    assertEquals(Workload.totals(stands.values()), Messages.totals(database, id));
    List<String> expected =
        stands.values().stream()
            .map(post -> post.segment() + "|" + post.content() + (post.isFinal() ? "|t" : "|f"))
            .toList();
    assertEquals(expected, Tables.texts(database, STANDS, id));
  }

  /** Together they are more than the ledger's queue takes. */
  @Test
  void the_longest_lists_of_all_writers_at_once_are_taken() {
    Api api = new Api(base);
    String id = api.made(People.service(), "{}").get("id").asText();
    String message = "{\"role\":\"user\",\"content\":\"x\"}";
    String messages = String.join(",", Collections.nCopies(500, message));
    String body = "{\"call_id\":\"" + id + "\",\"messages\":[" + messages + "]}";
    Supplier<Integer> writer =
        () -> api.post(People.service(), Messages.PATH, body).is(201).status();
    Api.atOnce(Collections.nCopies(WRITERS, writer));
    Messages.assertWithoutGaps(database, id, WRITERS * 500);
  }

  @Test
  void many_calls_have_exact_totals_while_messages_are_taken_away_by_sql() throws Exception {
    Api api = new Api(base);
    String service = People.service();
    List<Written> calls = new ArrayList<>();
    for (int i = 0; i < CALLS; i++) {
      String id = api.made(service, "{}").get("id").asText();
      calls.add(new Written(id, new Workload(new Random(i), "S", MESSAGES / CALLS)));
    }
    Set<String> deleted = ConcurrentHashMap.newKeySet();
    List<Supplier<Integer>> writers = new ArrayList<>();
    for (int writer = 0; writer < WRITERS; writer++) {
      int own = writer;
      writers.add(() -> writes(api, service, calls, own, deleted));
    }
    long start = System.nanoTime();
    assertTrue(Api.atOnce(writers).stream().allMatch(status -> status < 300));
    print("fifty calls", calls.stream().mapToInt(call -> call.said().posts().size()).sum(), start);
    assertTrue(deleted.size() > MESSAGES / DELETED_ONE_IN / 2, deleted.size() + " deleted");
    for (Written call : calls) {
      Map<String, Post> stands = Workload.stands(call.said().posts());
      stands.keySet().removeIf(segment -> deleted.contains(call.id() + "/" + segment));
      assertStands(call.id(), stands);
    }
  }

  /** A message is one writer's; that writer takes some of them away when all is said. */
  private int writes(Api api, String token, List<Written> calls, int writer, Set<String> deleted) {
    Random random = new Random(writer);
    int worst = 0;
    try (Connection sql = database.service()) {
      try (PreparedStatement role = sql.prepareStatement("set role service_role")) {
        role.execute();
      }
      for (int i = 0; i < calls.size(); i++) {
        Written call = calls.get((i + writer * 3) % calls.size());
        List<Post> own =
            call.said().posts().stream()
                .filter(post -> Math.floorMod(post.segment().hashCode(), WRITERS) == writer)
                .toList();
        worst =
            Math.max(worst, worst(api, token, Workload.batches(random, call.id(), own, BATCH_MAX)));
        for (Post post : own) {
          if (random.nextInt(DELETED_ONE_IN) == 0
              && deleted.add(call.id() + "/" + post.segment())) {
            delete(sql, call.id(), post.segment());
          }
        }
      }
      return worst;
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void delete(Connection sql, String call, String segment) throws SQLException {
    try (PreparedStatement delete =
        sql.prepareStatement(
            "delete from voice_messages where call_id = ?::uuid and segment_id = ?")) {
      delete.setString(1, call);
      delete.setString(2, segment);
      assertEquals(1, delete.executeUpdate());
    }
  }
}
