package dev.voiceledger.livekit;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.voiceledger.TestDatabase;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What a database still knows, whatever its tables and columns are called. */
final class Traces {
  private static final String TABLES =
      """
      select table_schema || '.' || table_name from information_schema.tables
      where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema')\
      """;

  private Traces() {}

  /**
   * In which tables any of these words stands, and in how many rows. Bytes are looked through too,
   * by their hexadecimal form.
   */
  static Map<String, Integer> of(TestDatabase database, String... words) {
    String anyOf =
        Stream.of(words)
            .flatMap(word -> Stream.of(Pattern.quote(word), hex(word)))
            .collect(Collectors.joining("|"));
    Map<String, Integer> found = new TreeMap<>();
    try (Connection connection = database.superuser()) {
      for (String table : tables(connection)) {
        int rows = count(connection, table, Pattern.compile(anyOf));
        if (rows > 0) {
          found.put(table.replaceFirst("^public\\.", ""), rows);
        }
      }
      return found;
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** How many rows of a table have this word. */
  static int rows(TestDatabase database, String table, String word) {
    return of(database, word).getOrDefault(table, 0);
  }

  private static String hex(String word) {
    return HexFormat.of().formatHex(word.getBytes(UTF_8));
  }

  private static List<String> tables(Connection connection) throws SQLException {
    List<String> tables = new ArrayList<>();
    try (ResultSet rows = connection.createStatement().executeQuery(TABLES)) {
      while (rows.next()) {
        tables.add(rows.getString(1));
      }
    }
    return tables;
  }

  private static int count(Connection connection, String table, Pattern words) throws SQLException {
    int found = 0;
    try (PreparedStatement all =
            connection.prepareStatement("select row_of::text from " + table + " row_of");
        ResultSet rows = all.executeQuery()) {
      while (rows.next()) {
        found += words.matcher(rows.getString(1)).find() ? 1 : 0;
      }
    }
    return found;
  }
}
