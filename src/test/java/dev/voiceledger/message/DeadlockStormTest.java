package dev.voiceledger.message;

import static io.restassured.RestAssured.given;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.voiceledger.FreshDatabase;
import dev.voiceledger.TestDatabase;
import dev.voiceledger.history.Api;
import dev.voiceledger.history.People;
import dev.voiceledger.history.Tables;
import dev.voiceledger.livekit.LiveKitDouble;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import java.net.URI;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * RELIABILITY D5: lists that name two calls in opposite orders, against each other and against
 * transactions by SQL that lock in opposite orders. The database looks for deadlocks after 10 ms
 * here, so that the ledger meets some before its own patience with locks is over.
 */
@QuarkusTest
@WithTestResource(FreshDatabase.class)
@WithTestResource(LiveKitDouble.class)
class DeadlockStormTest {
  private static final int WRITERS = 8;
  private static final int SECONDS_MIN = 3;
  private static final int SECONDS_MAX = 40;
  private static final int SEGMENTS = 10;
  private static final String DEADLOCKS =
      "voiceledger_ledger_groups_failed_total{why=\"deadlock\"}";

  private static final String IMPATIENT =
      """
      do $$ begin
        execute format('alter database %I set deadlock_timeout = ''10ms''', current_database());
        perform pg_terminate_backend(pid) from pg_stat_activity
          where datname = current_database() and application_name = 'voiceledger-ledger';
      end $$\
      """;

  @TestHTTPResource URI base;
  TestDatabase database;

  private final AtomicBoolean over = new AtomicBoolean();

  @Test
  void nobody_hears_of_deadlocks_but_operators() {
    Api api = new Api(base);
    List<String> calls = inOneLane(api);
    String warm = list(calls, "warm");
    api.post(People.service(), Messages.PATH, warm).is(201);
    database.asSuperuser(IMPATIENT);
    double before = deadlocks();
    List<Supplier<List<Integer>>> all = new ArrayList<>();
    for (int writer = 0; writer < WRITERS; writer++) {
      List<String> order = writer % 2 == 0 ? calls : calls.reversed();
      all.add(() -> writes(api, order));
    }
    all.add(() -> locks(calls));
    all.add(() -> locks(calls.reversed()));
    all.add(() -> watches(before));
    List<Integer> statuses = Api.atOnce(all).stream().flatMap(List::stream).toList();
    System.err.printf(
        "deadlock storm: %d lists, %.0f deadlocks met by the ledger%n",
        statuses.size(), deadlocks() - before);
    assertTrue(statuses.stream().allMatch(status -> status < 300), statuses::toString);
    assertTrue(deadlocks() > before, "the ledger met a deadlock, and says so");
    for (String call : calls) {
      assertEquals(Messages.sums(database, call), Messages.totals(database, call));
      assertTrue(Messages.assertWithoutGaps(database, call) <= SEGMENTS + 1);
    }
  }

  /** Two calls whose posts meet in one group: a transaction that has only one call waits once. */
  private static List<String> inOneLane(Api api) {
    Supplier<String> next = () -> api.made(People.service(), "{}").get("id").asText();
    String first = next.get();
    String second =
        Stream.generate(next).filter(id -> lane(id) == lane(first)).findFirst().orElseThrow();
    return Stream.of(first, second).sorted().toList();
  }

  private static int lane(String id) {
    int hash = UUID.fromString(id).hashCode();
    return (hash ^ hash >>> 16) & 1;
  }

  private static String list(List<String> calls, String segment) {
    String message =
        "{\"call_id\":\"%s\",\"segment_id\":\"%s\",\"role\":\"user\",\"content\":\"%s\"}";
    String text = segment + System.nanoTime();
    return "{\"messages\":[%s,%s]}"
        .formatted(
            message.formatted(calls.get(0), segment, text),
            message.formatted(calls.get(1), segment, text));
  }

  private List<Integer> writes(Api api, List<String> calls) {
    List<Integer> statuses = new ArrayList<>();
    for (int i = 0; !over.get(); i++) {
      String list = list(calls, "S" + i % SEGMENTS);
      statuses.add(api.post(People.service(), Messages.PATH, list).status());
    }
    return statuses;
  }

  /** Edits a message of each call in one transaction, whose triggers lock the calls. */
  private List<Integer> locks(List<String> calls) {
    String edit =
        "update voice_messages set tokens_used = coalesce(tokens_used, 0) + 1"
            + " where segment_id = 'warm' and call_id = '%s'";
    try (Connection connection = database.service();
        Statement sql = connection.createStatement()) {
      sql.execute("set role service_role");
      connection.setAutoCommit(false);
      while (!over.get()) {
        try {
          sql.execute(edit.formatted(calls.get(0)));
          sql.execute(edit.formatted(calls.get(1)));
          connection.commit();
        } catch (SQLException deadlock) {
          assertEquals("40P01", deadlock.getSQLState(), deadlock::getMessage);
          connection.rollback();
        }
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
    return List.of();
  }

  /** Ends the storm when it has lasted and the ledger has met a deadlock. */
  private List<Integer> watches(double before) {
    long start = System.nanoTime();
    long seconds;
    do {
      seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - start);
      Tables.text(database, "select pg_sleep(0.2)::text");
    } while (seconds < SECONDS_MIN || deadlocks() <= before && seconds < SECONDS_MAX);
    over.set(true);
    return List.of();
  }

  private static double deadlocks() {
    return given()
        .get("/q/metrics")
        .asString()
        .lines()
        .filter(line -> line.startsWith(DEADLOCKS))
        .mapToDouble(line -> Double.parseDouble(line.substring(DEADLOCKS.length()).strip()))
        .sum();
  }
}
