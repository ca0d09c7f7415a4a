package dev.voiceledger.schema;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Assertions;

/**
 * Who may do what with every table and view, as a text: one line for each relation and statement,
 * one column for each identity. What is tried is in {@code access.matrix.sql}, what must come of it
 * in {@code access.matrix.txt}: letters of whose rows are seen or changed, {@code .} for none,
 * {@code x} for refused. The second half is the same with every right granted to everybody, so that
 * the policies alone stand guard.
 */
final class AccessMatrix implements AutoCloseable {
  private static final Path RESOURCES = Path.of("src", "test", "resources");
  private static final Path SPEC = RESOURCES.resolve("access.matrix.txt");
  private static final Path WORDS = RESOURCES.resolve("access.matrix.sql");
  private static final Path VOCABULARY = Path.of("src", "test", "sql", "_vocabulary.sql");
  private static final String AS_IT_IS = "# as it is";
  private static final String RIGHTS_ASIDE = "# rights aside";

  private final Connection superuser;

  /** Keeps the connection's transaction open; nothing of it is ever committed. */
  AccessMatrix(Connection superuser) throws IOException, SQLException {
    this.superuser = superuser;
    superuser.setAutoCommit(false);
    TwoSessions.execute(superuser, Files.readString(VOCABULARY));
    TwoSessions.execute(superuser, Files.readString(WORDS));
    TwoSessions.execute(superuser, "select test.a_call_of_each()");
    TwoSessions.execute(superuser, "select test.become('postgres', 'none', '')");
  }

  /** What the specification says, in lines; of these relations, or of all where none is named. */
  static String specified(boolean rightsAside, String... relations) throws IOException {
    String text = Files.readString(SPEC);
    int half = text.indexOf(RIGHTS_ASIDE);
    Assertions.assertTrue(text.startsWith(AS_IT_IS) && half > 0, "both halves are there");
    return (rightsAside ? text.substring(half) : text.substring(0, half))
        .lines()
        .filter(line -> !line.isBlank() && !line.startsWith("#"))
        .map(String::strip)
        .filter(line -> relations.length == 0 || startsWithOneOf(line, relations))
        .collect(Collectors.joining("\n"));
  }

  private static boolean startsWithOneOf(String line, String... relations) {
    for (String relation : relations) {
      if (line.startsWith(relation + " ")) {
        return true;
      }
    }
    return false;
  }

  /** What the database does, in the same lines; all that was tried is undone. */
  String tried(boolean rightsAside, String... relations) throws SQLException {
    TwoSessions.execute(superuser, "savepoint matrix");
    if (rightsAside) {
      TwoSessions.execute(superuser, "select test.rights_aside()");
    }
    String question = "select test.matrix(?::text[])";
    try (PreparedStatement matrix = superuser.prepareStatement(question)) {
      matrix.setArray(1, relations.length == 0 ? null : superuser.createArrayOf("text", relations));
      try (ResultSet rows = matrix.executeQuery()) {
        rows.next();
        return rows.getString(1).lines().map(String::strip).collect(Collectors.joining("\n"));
      }
    } finally {
      TwoSessions.execute(superuser, "rollback to savepoint matrix");
    }
  }

  /** Whether the database does what is specified, rights aside or not. */
  boolean holds(String... relations) throws IOException, SQLException {
    return specified(true, relations).equals(tried(true, relations))
        && specified(false, relations).equals(tried(false, relations));
  }

  @Override
  public void close() throws SQLException {
    superuser.rollback();
    superuser.close();
  }
}
