package dev.voiceledger.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.voiceledger.TestDatabase;
import dev.voiceledger.TestDatabases;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * What is made without the triggers is as the triggers would have made it: they are made to look at
 * every row, and change none.
 */
class LargeLedgerTest {
  private static final Path LAWS = Path.of("src/test/resources/bench/ledger.laws.sql");
  private static final int CALLS = 5_000;

  @Test
  void the_laws_find_nothing_to_change() throws Exception {
    TestDatabase database = TestDatabases.on18().fresh();
    LargeLedger.fill(database, CALLS);
    assertEquals(List.of(), found(database, ""));
    String wrong = "update voice_messages set tokens_used = 1 where sequence_number = 2;";
    assertEquals(List.of("messages"), found(database, wrong));
  }

  /** In which respects rows are not as they should be. */
  private static List<String> found(TestDatabase database, String before) throws Exception {
    List<String> found = new ArrayList<>();
    try (Connection superuser = database.superuser();
        Statement statement = superuser.createStatement()) {
      superuser.setAutoCommit(false);
      statement.execute("set local session_replication_role = replica;" + before);
      statement.execute(Files.readString(LAWS));
      try (ResultSet rows = statement.executeQuery("select what from found order by what")) {
        while (rows.next()) {
          found.add(rows.getString(1));
        }
      }
      superuser.rollback();
    }
    return found;
  }
}
