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

  /** Adds files to those that were migrated before, as a newer version of the service would. */
  private void migrate(TestDatabase database, List<String> more) throws IOException {
    try (Stream<Path> files = Files.list(MIGRATIONS)) {
      for (Path file : files.toList()) {
        Path copy = some.resolve(file.getFileName());
        if (more.stream().anyMatch(copy.getFileName().toString()::startsWith)
            && !Files.exists(copy)) {
          Files.copy(file, copy);
        }
      }
    }
    Flyway.configure()
        .dataSource(database.jdbcUrl(), TestDatabase.OWNER, database.password())
        .locations("filesystem:" + some)
        .load()
        .migrate();
  }
}
