package dev.voiceledger.schema;

import dev.voiceledger.TestDatabase;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Two transactions that are sure to overlap. Random load overlaps too seldom to catch a trigger
 * that loses updates, so here the second statement begins before the first one commits.
 */
public final class TwoSessions implements AutoCloseable {
  private static final String IS_WAITING = "select cardinality(pg_blocking_pids(?)) > 0";
  private static final String AS_SERVICE = "set role service_role";

  private final Connection first;
  private final Connection second;
  private final Connection watcher;
  private final int secondPid;
  private final ExecutorService other = Executors.newSingleThreadExecutor();

  TwoSessions(TestDatabase database) throws SQLException {
    first = database.service();
    second = database.service();
    watcher = database.superuser();
    first.createStatement().execute(AS_SERVICE);
    second.createStatement().execute(AS_SERVICE);
    first.setAutoCommit(false);
    second.setAutoCommit(false);
    secondPid = (int) number(second, "select pg_backend_pid()");
    second.commit();
  }

  /**
   * Runs one statement in each session, then commits the first and the second.
   *
   * @return whether the second had to wait for the first
   * @throws SQLException the second's failure, after the first was committed
   */
  boolean overlap(String one, String two) throws SQLException, InterruptedException {
    execute(first, one);
    Future<?> waiting =
        other.submit(() -> {
          execute(second, two);
          return null;
        });
    boolean waited = false;
    while (!waited && !waiting.isDone()) {
      waited = isWaiting();
    }
    first.commit();
    try {
      waiting.get();
      second.commit();
    } catch (ExecutionException e) {
      second.rollback();
      throw (SQLException) e.getCause();
    }
    return waited;
  }

  private boolean isWaiting() throws SQLException {
    try (PreparedStatement statement = watcher.prepareStatement(IS_WAITING)) {
      statement.setInt(1, secondPid);
      try (ResultSet rows = statement.executeQuery()) {
        rows.next();
        return rows.getBoolean(1);
      }
    }
  }

  /** What a query by the owner's sight answers, between overlaps. */
  boolean holds(String question) throws SQLException {
    return number(watcher, "select (" + question + ")::int") == 1;
  }

  void prepare(String sql) throws SQLException {
    execute(watcher, sql);
  }

  public static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  static long number(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      rows.next();
      return rows.getLong(1);
    }
  }

  @Override
  public void close() throws SQLException {
    other.shutdownNow();
    first.close();
    second.close();
    watcher.close();
  }
}
