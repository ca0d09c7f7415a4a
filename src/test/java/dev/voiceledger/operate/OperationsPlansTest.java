package dev.voiceledger.operate;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.voiceledger.QueryPlan;
import dev.voiceledger.TestDatabase;
import dev.voiceledger.TestDatabases;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * How PostgreSQL answers what operators ask, and how a step of retention walks, among 200,000 calls
 * ({@code -Doperations.calls=1000000}) and twice as many raw events: by index, never by reading a
 * table.
 */
class OperationsPlansTest {
  private static final Path GENERATED = Path.of("src/test/resources/operations.generate.sql");
  private static final String CALLS = System.getProperty("operations.calls", "200000");

  private static TestDatabase database;

  @BeforeAll
  static void generate() throws Exception {
    database = TestDatabases.on18().fresh();
    try (Connection superuser = database.superuser();
        Statement statement = superuser.createStatement()) {
      statement.execute("set test.calls = '" + CALLS + "'");
      statement.execute(Files.readString(GENERATED));
      statement.execute("vacuum analyze");
    }
  }

  @Test
  void what_operators_ask_is_answered_by_index() throws SQLException {
    Map<String, String> questions = new LinkedHashMap<>();
    questions.put("keys", OperationsStore.KEYS);
    questions.put("failed", OperationsStore.FAILED);
    questions.put("newest failed", OperationsStore.NEWEST_FAILED);
    questions.put("open", OperationsStore.OPEN);
    questions.put("settling", OperationsStore.SETTLING);
    questions.put("oldest open", OperationsStore.OLDEST_OPEN);
    questions.put("reconciled", FindingsStore.RECONCILED);
    questions.put("oldest rows", OperationsStore.OLDEST_ROWS);
    questions.put("tables", SizesStore.TABLES);
    double all = 0;
    for (Map.Entry<String, String> question : questions.entrySet()) {
      QueryPlan plan = QueryPlan.of(database, "set local role service_role", question.getValue());
      System.err.println(question.getKey() + "\n" + plan.text());
      plan.assertReadsByIndex("voice_calls", "webhook_events");
      all += plan.milliseconds();
    }
    System.err.printf("%s calls: all questions together %.1f ms%n", CALLS, all);
  }

  /** A walk touches what it walks: as many rows at its end as at its beginning, whatever stays. */
  @Test
  void a_step_of_retention_is_as_cheap_behind_what_stays_as_before_it() throws SQLException {
    long first = 0;
    long start = System.nanoTime();
    try (Connection service = database.superuser();
        Statement statement = service.createStatement()) {
      service.setAutoCommit(false);
      statement.execute("set local role service_role");
      for (int step = 0; step < 40; step++) {
        long before = touched(statement);
        try (ResultSet row =
            statement.executeQuery(
                "select * from voiceledger.forget_events("
                    + "'00000000-0000-4000-8000-000000000001', 30, 999999, 500, 8388608)")) {
          row.next();
          assertTrue(row.getBoolean("more"));
        }
        long pages = touched(statement) - before;
        first = step == 0 ? pages : first;
        assertTrue(pages <= 2 * first, step + ": " + pages + " rows, first " + first);
      }
      service.rollback();
    }
    System.err.printf(
        "a step of 500 fetches %d rows and entries; 40 of them took %d ms%n",
        first, (System.nanoTime() - start) / 1_000_000);
  }

  /** Index entries and rows of the table that this transaction has fetched. */
  private static long touched(Statement statement) throws SQLException {
    try (ResultSet row =
        statement.executeQuery(
            "select sum(coalesce(pg_stat_get_xact_tuples_fetched(c.oid), 0)"
                + " + coalesce(pg_stat_get_xact_tuples_returned(c.oid), 0))"
                + " from pg_class c where c.oid = 'webhook_events'::regclass"
                + " or c.oid in (select indexrelid from pg_index"
                + " where indrelid = 'webhook_events'::regclass)")) {
      row.next();
      return row.getLong(1);
    }
  }
}
