package dev.voiceledger.schema;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.voiceledger.TestDatabase;
import dev.voiceledger.TestDatabases;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.List;
import java.util.stream.Stream;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What stands in the tables before a migration is as complete after it as what is written later:
 * the rows from before the migration, and those that old replicas write between its files.
 */
class UpgradeTest {
  private static final Path MIGRATIONS = Path.of("migrations");
  private static final List<String> ALL_THE_REST = List.of("V", "R__");

  private static final String ENDED_CALL =
      """
      insert into users (id) values ('a0000000-0000-4000-8000-000000000001') on conflict do nothing;
      insert into voice_calls (session_id, user_id, started_at, ended_at, cost_usd)
        select '%1$s', id, '2026-11-01', '2026-11-02', 0.25 from users;
      insert into call_access (user_id, call_id, is_owner)
        select user_id, id, true from voice_calls where session_id = '%1$s'\
      """;

  private static final String PLACES =
      "select count(*) from call_access where started_at = '2026-11-01'";
  private static final String FIGURES =
      "select count(*) from call_figures where cost_micros = 250000";

  private static final String LONG_CALL =
      """
      insert into voice_calls (room_sid) values ('RM_long') on conflict do nothing;
      insert into voice_messages (call_id, role, content, tokens_used, cost_usd)
        select id, 'user', 'x', 1000000000, 1 from voice_calls, generate_series(1, %d)
        where room_sid = 'RM_long'\
      """;

  private static final String TOKENS =
      "select a.total_tokens_used / 1000000000 from call_analytics a, voice_calls c"
          + " where a.id = c.id and c.room_sid = 'RM_long'";

  private static final String SUM =
      "select total_tokens_used / 1000000000 from voice_calls where room_sid = 'RM_long'";

  private static final String OVER =
      """
      insert into voice_calls (session_id, started_at, ended_at, completeness)
        values ('long ago', now() - interval '1 day', now() - interval '1 hour', 'settling'),
          ('just now', now() - interval '1 hour', now(), 'settling');
      create function telling() returns trigger language plpgsql as
        'begin raise exception ''this is no news''; end';
      create trigger telling before update on voice_calls
        for each row execute function telling()\
      """;

  @TempDir private Path some;

  @Test
  void calls_from_before_the_histories_are_in_them() throws Exception {
    TestDatabase database = TestDatabases.on18().empty();
    try (Connection superuser = database.superuser()) {
      migrate(database, List.of("V001__", "V002__", "V003__", "V004__"));
      TwoSessions.execute(superuser, ENDED_CALL.formatted("from before"));
      migrate(database, List.of("V005__"));
      assertEquals(1, TwoSessions.number(superuser, PLACES), "filled in bulk");
      assertEquals(1, TwoSessions.number(superuser, FIGURES), "filled in bulk");
      TwoSessions.execute(superuser, ENDED_CALL.formatted("from between"));
      assertEquals(1, TwoSessions.number(superuser, PLACES), "nobody keeps the law yet");
      migrate(database, ALL_THE_REST);
      TwoSessions.execute(superuser, "select voiceledger.refresh_figures(10)");
      assertEquals(2, TwoSessions.number(superuser, PLACES), "filled up with the laws");
      assertEquals(2, TwoSessions.number(superuser, FIGURES), "filled up with the laws");
    }
  }

  @Test
  void calls_that_were_over_before_are_complete_and_no_news() throws Exception {
    TestDatabase database = TestDatabases.on18().empty();
    try (Connection superuser = database.superuser()) {
      migrate(
          database, List.of("V001", "V002", "V003", "V004", "V005", "V006", "V007", "V008"), "");
      TwoSessions.execute(superuser, OVER);
      migrate(database, List.of("V009"));
      String complete = "select count(*) from voice_calls where completeness = 'complete'";
      assertEquals(1, TwoSessions.number(superuser, complete + " and session_id = 'long ago'"));
      assertEquals(1, TwoSessions.number(superuser, complete));
    }
  }

  /** The laws that stood in the way of wider columns are there again, and so are the views. */
  @Test
  void totals_of_calls_from_before_grow_wider() throws Exception {
    TestDatabase database = TestDatabases.on18().empty();
    try (Connection superuser = database.superuser()) {
      // Today's R files name tables of later versions too, which touch nothing that V011 does.
      List<String> named = List.of("V00", "V010", "V012", "V013", "R__");
      migrate(database, named, "\n-- as it was before V011");
      TwoSessions.execute(superuser, LONG_CALL.formatted(2));
      migrate(database, List.of("V011"), "");
      TwoSessions.execute(superuser, LONG_CALL.formatted(1));
      assertEquals(3, TwoSessions.number(superuser, SUM), "nobody may lose it meanwhile");
      TwoSessions.execute(superuser, "update voice_calls set status = 'completed'");
      assertEquals(1, TwoSessions.number(superuser, "select count(*) from call_figures_due"));
      migrate(database, ALL_THE_REST, "");
      TwoSessions.execute(superuser, LONG_CALL.formatted(2));
      assertEquals(5, TwoSessions.number(superuser, TOKENS));
      TwoSessions.execute(superuser, "select voiceledger.refresh_figures(10)");
      assertEquals(
          5_000_000, TwoSessions.number(superuser, "select cost_micros from call_figures"));
    }
  }

  private void migrate(TestDatabase database, List<String> more) throws IOException {
    migrate(database, more, "");
  }

  /**
   * Adds files to those that were migrated before, as a newer version of the service would; what is
   * written at the end of each lets R files run once more with the next version.
   */
  private void migrate(TestDatabase database, List<String> more, String atTheEnd)
      throws IOException {
    try (Stream<Path> files = Files.list(MIGRATIONS)) {
      for (Path file : files.toList()) {
        Path copy = some.resolve(file.getFileName());
        boolean living = copy.getFileName().toString().startsWith("R__");
        if (more.stream().anyMatch(copy.getFileName().toString()::startsWith)
            && (living || !Files.exists(copy))) {
          Files.writeString(copy, Files.readString(file) + (living ? atTheEnd : ""));
        }
      }
    }
    Flyway.configure()
        .dataSource(database.jdbcUrl(), TestDatabase.OWNER, database.password())
        .locations("filesystem:" + some)
        .outOfOrder(true)
        .load()
        .migrate();
  }
}
