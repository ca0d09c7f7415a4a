package dev.voiceledger.bench;

import dev.voiceledger.TestDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Fills a migrated database as a ledger that has grown to a size: calls, about ten messages each,
 * people, participants, usage, recordings, who may see what, figures and the last events; then
 * vacuum and analyze, as autovacuum would have done. No service has to run.
 *
 * <p>Rows are made within the server: those of a COPY would be made outside, written as text, sent
 * and parsed. Indexes are out of use meanwhile and are built once at the end, by sorting; their
 * definitions, names and constraints are those of the migrations.
 */
public final class LargeLedger {
  /** The person with 1,000 calls, at every size. */
  public static final String OWNER = "00000000-0000-4000-8000-000000000000";

  private static final Path SQL = Path.of("src/test/resources/bench");
  private static final int LARGE = 100_000;
  private static final String SIZE = "select set_config('bench.calls', '%d', false)";
  private static final String PART =
      "select set_config('bench.from', '%s', false), set_config('bench.to', '%s', false)";

  /** By size of the work that their indexes are. */
  private static final List<String> TABLES =
      List.of(
          "voice_messages",
          "voice_calls",
          "call_participants",
          "call_access",
          "call_figures",
          "call_usage",
          "call_recordings",
          "webhook_events",
          "users");

  private static final String INDEXES =
      """
      update pg_index set indisready = false, indisvalid = false
      where indrelid = any (array(select to_regclass(t) from unnest(string_to_array('%s', ',')) t))\
      """;

  private LargeLedger() {}

  /**
   * Fills it.
   *
   * @param calls at least 1,000; of them {@code calls / 1000} are under way
   */
  public static void fill(TestDatabase database, int calls) {
    if (calls >= LARGE) {
      database.asSuperuser("alter system set max_wal_size = '16GB'");
      database.asSuperuser("select pg_reload_conf()");
    }
    database.asSuperuser(INDEXES.formatted(String.join(",", TABLES)));
    String size = SIZE.formatted(calls);
    step("calls", () -> run(database, size, read("ledger.calls.sql")));
    String messages = read("ledger.messages.sql");
    step(
        "messages",
        () -> run(database, size, PART.formatted("0", "0.5"), messages),
        () -> run(database, size, PART.formatted("0.5", "1"), messages));
    step(
        "indexes",
        indexed(database, TABLES.subList(0, 1)),
        indexed(database, TABLES.subList(1, 9)));
    step("vacuum", () -> run(database, "drop table bench_calls, bench_sums", "vacuum analyze"));
    if (calls >= LARGE) {
      database.asSuperuser("alter system reset max_wal_size");
      database.asSuperuser("select pg_reload_conf()");
      step("checkpoint", () -> run(database, "checkpoint"));
    }
  }

  private static Callable<Void> indexed(TestDatabase database, List<String> tables) {
    List<String> statements = new ArrayList<>();
    statements.add("set maintenance_work_mem = '1GB'");
    tables.forEach(table -> statements.add("reindex table " + table));
    return () -> run(database, statements.toArray(String[]::new));
  }

  @SafeVarargs
  private static void step(String what, Callable<Void>... parts) {
    long start = System.nanoTime();
    try (ExecutorService threads = Executors.newFixedThreadPool(parts.length)) {
      for (Future<Void> part : threads.invokeAll(List.of(parts))) {
        part.get();
      }
    } catch (InterruptedException | ExecutionException e) {
      throw new IllegalStateException(what, e);
    }
    System.err.printf("large ledger: %s in %.1f s%n", what, (System.nanoTime() - start) / 1e9);
  }

  private static Void run(TestDatabase database, String... statements) throws SQLException {
    try (Connection connection = database.superuser();
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
    return null;
  }

  private static String read(String file) {
    try {
      return Files.readString(SQL.resolve(file));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
