package dev.voiceledger.webhook;

import dev.voiceledger.TestDatabase;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** Counts what the service asked of its database, down to a begin: pg_stat_statements says. */
final class Statements {
  private static final String CALLS =
      """
      select coalesce(sum(calls), 0) from pg_stat_statements s
      join pg_roles r on r.oid = s.userid
      where r.rolname <> 'postgres'
        and dbid = (select oid from pg_database where datname = current_database())\
      """;

  private final TestDatabase database;

  Statements(TestDatabase database) {
    this.database = database;
    database.asSuperuser("create extension if not exists pg_stat_statements");
  }

  long count() {
    return number(CALLS);
  }

  long events() {
    return number("select count(*) from webhook_events");
  }

  private long number(String sql) {
    try (Connection connection = database.superuser();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getLong(1);
    } catch (SQLException e) {
      throw new IllegalStateException(sql, e);
    }
  }
}
