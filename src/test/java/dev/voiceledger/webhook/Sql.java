package dev.voiceledger.webhook;

import dev.voiceledger.TestDatabase;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;

/** Short questions to the database beside the service. */
final class Sql {
  private Sql() {}

  /** The first column of the one row; null where there is none. */
  static String text(TestDatabase database, String sql, Object... values) {
    try (Connection connection = database.superuser();
        PreparedStatement query = prepare(connection, sql, values);
        ResultSet found = query.executeQuery()) {
      return found.next() ? found.getString(1) : null;
    } catch (SQLException e) {
      throw new IllegalStateException(sql, e);
    }
  }

  /** The raw body that is kept of an event; null where there is none. */
  static byte[] body(TestDatabase database, String id) {
    try (Connection connection = database.superuser();
        PreparedStatement query =
            prepare(connection, "select body from webhook_events where id = ?", id);
        ResultSet found = query.executeQuery()) {
      return found.next() ? found.getBytes(1) : null;
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** All raw bodies by the ids of their events. */
  static Map<String, byte[]> bodies(TestDatabase database) {
    Map<String, byte[]> bodies = new HashMap<>();
    try (Connection connection = database.superuser();
        PreparedStatement query = prepare(connection, "select id, body from webhook_events");
        ResultSet found = query.executeQuery()) {
      while (found.next()) {
        bodies.put(found.getString(1), found.getBytes(2));
      }
      return bodies;
    } catch (SQLException e) {
      throw new IllegalStateException(e);
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
