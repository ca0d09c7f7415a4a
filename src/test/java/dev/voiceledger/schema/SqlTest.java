package dev.voiceledger.schema;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.DynamicContainer.dynamicContainer;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.voiceledger.TestDatabase;
import dev.voiceledger.TestDatabases;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Laws that SQL keeps are tested in SQL: each file of {@code src/test/sql} names its law, asserts
 * it, and lists sabotages after which it must fail, for a test that cannot fail proves nothing.
 */
class SqlTest {
  private static final Path TESTS = Path.of("src", "test", "sql");
  private static final String VOCABULARY = "_vocabulary.sql";
  private static final String LAW = "-- law: ";
  private static final String SABOTAGE = "-- sabotage: ";
  private static final String ASSERT_FAILURE = "P0004";

  @TestFactory
  Stream<DynamicContainer> laws_hold_on_18() throws Exception {
    return laws(TestDatabases.on18().fresh());
  }

  @TestFactory
  Stream<DynamicContainer> laws_hold_on_15() throws Exception {
    return laws(TestDatabases.on15().fresh());
  }

  /** One connection for all of them; JUnit closes the stream, and with it the connection. */
  private static Stream<DynamicContainer> laws(TestDatabase database) throws Exception {
    Connection connection = database.superuser();
    connection.setAutoCommit(false);
    return files().stream()
        .map(SqlTest::read)
        .map(test -> tests(connection, test))
        .onClose(() -> close(connection));
  }

  private static List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(TESTS)) {
      return files
          .filter(file -> file.toString().endsWith(".sql") && !file.endsWith(VOCABULARY))
          .sorted()
          .toList();
    }
  }

  private static DynamicContainer tests(Connection connection, String test) {
    List<String> sabotages = marked(test, SABOTAGE);
    assertEquals(1, marked(test, LAW).size(), "one law in a file");
    assertEquals(false, sabotages.isEmpty(), "a law is sabotaged at least once");
    DynamicTest holds = dynamicTest("holds", () -> run(connection, "", test));
    Stream<DynamicTest> fails =
        sabotages.stream()
            .map(it -> dynamicTest("fails: " + it, () -> fails(connection, it, test)));
    return dynamicContainer(marked(test, LAW).getFirst(), Stream.concat(Stream.of(holds), fails));
  }

  /** A sabotage must show as a sentence of the test, not as some accident on the way. */
  private static void fails(Connection connection, String sabotage, String test) {
    SQLException failure =
        assertThrows(SQLException.class, () -> run(connection, sabotage, test), sabotage);
    assertEquals(ASSERT_FAILURE, failure.getSQLState(), failure.getMessage());
  }

  private static void run(Connection connection, String sabotage, String test) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(read(TESTS.resolve(VOCABULARY)));
      statement.execute("select test.as_owner()");
      statement.execute(sabotage);
      statement.execute(test);
    } finally {
      connection.rollback();
    }
  }

  private static void close(Connection connection) {
    try {
      connection.close();
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private static List<String> marked(String test, String mark) {
    return test.lines()
        .filter(line -> line.startsWith(mark))
        .map(line -> line.substring(mark.length()))
        .toList();
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
