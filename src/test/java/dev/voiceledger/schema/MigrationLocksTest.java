package dev.voiceledger.schema;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.voiceledger.TestDatabase;
import dev.voiceledger.TestDatabases;
import dev.voiceledger.history.Tables;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.concurrent.TimeUnit;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A migration gives up where a lock is not to be had: all who come behind it would wait too. */
class MigrationLocksTest {
  private static final String BOUNDS =
      """
      create table bounds as select current_setting('lock_timeout') || ' '
        || current_setting('idle_in_transaction_session_timeout') as said;
      alter table voice_calls add column later text\
      """;

  @TempDir private Path later;

  private void migrate(TestDatabase database) {
    Flyway.configure()
        .dataSource(database.jdbcUrl(), TestDatabase.OWNER, database.password())
        .locations("filesystem:migrations", "filesystem:" + later)
        .load()
        .migrate();
  }

  @Test
  @Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void who_reads_for_long_is_not_waited_for() throws Exception {
    TestDatabase database = TestDatabases.on18().fresh();
    Files.writeString(later.resolve("V900__later.sql"), BOUNDS);
    try (Connection reader = database.superuser()) {
      reader.setAutoCommit(false);
      TwoSessions.execute(reader, "select count(*) from voice_calls");

      FlywayException failure = assertThrows(FlywayException.class, () -> migrate(database));

      assertTrue(failure.getMessage().contains("55P03"), failure.getMessage());
      reader.rollback();
      migrate(database);
      reader.setAutoCommit(true);
      assertEquals("2s 1min", Tables.text(database, "select said from bounds"));
    }
  }
}
