package dev.voiceledger.history;

import dev.voiceledger.TestDatabase;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** Questions to the database beside the service, and what a test writes there. */
public final class Tables {
  private Tables() {}

  /** The first column of the one row; null where there is none. */
  public static String text(TestDatabase database, String sql, Object... values) {
    List<String> found = texts(database, sql, values);
    return found.isEmpty() ? null : found.getFirst();
  }

  /** The first column of all rows. */
  public static List<String> texts(TestDatabase database, String sql, Object... values) {
    try (Connection connection = database.superuser();
        PreparedStatement query = prepare(connection, sql, values);
        ResultSet found = query.executeQuery()) {
      List<String> texts = new ArrayList<>();
      while (found.next()) {
        texts.add(found.getString(1));
      }
      return texts;
    } catch (SQLException e) {
      throw new IllegalStateException(sql, e);
    }
  }

  /** Writes; answers how many rows. */
  public static int write(TestDatabase database, String sql, Object... values) {
    try (Connection connection = database.superuser();
        PreparedStatement statement = prepare(connection, sql, values)) {
      return statement.executeUpdate();
    } catch (SQLException e) {
      throw new IllegalStateException(sql, e);
    }
  }

  private static PreparedStatement prepare(Connection connection, String sql, Object... values)
      throws SQLException {
    PreparedStatement query = connection.prepareStatement(sql);
    for (int i = 0; i < values.length; i++) {
      query.setObject(i + 1, values[i]);
    }
    return query;
  }
}
