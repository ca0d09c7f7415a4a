package dev.voiceledger.bench;

import dev.voiceledger.QueryPlan;
import dev.voiceledger.TestDatabase;
import dev.voiceledger.platform.AskedDatabase.Asked;
import dev.voiceledger.platform.SessionSettings;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;

/**
 * A statement as a role with its claims is answered it, prepared as the service's connections have
 * it: the plan of a warm run, and the median of several. What was written is taken back.
 *
 * @param milliseconds as PostgreSQL tells, triggers included, the way to it and back not
 */
record Explained(String name, QueryPlan plan, double milliseconds) {
  private static final int WARM_UP = 6; // with the sixth, a prepared statement's plan has settled
  private static final int RUNS = 21;

  private static final String[] LARGE = {
    "voice_calls",
    "voice_messages",
    "call_participants",
    "call_usage",
    "call_recordings",
    "call_access",
    "call_figures",
    "webhook_events",
    "users"
  };

  /**
   * @param asks the session of whoever asks, such as {@code set local role …}
   */
  static Explained of(TestDatabase database, String name, String asks, Asked asked)
      throws SQLException {
    String execute = "execute asked" + Literal.list(asked.values());
    try (Connection connection = database.superuser();
        Statement session = connection.createStatement()) {
      connection.setAutoCommit(false);
      session.execute("prepare asked as " + asked.sql());
      session.execute(asks + SessionSettings.OF_REQUESTS.asStatements());
      for (int i = 0; i < WARM_UP; i++) {
        plan(session, "explain (analyze, buffers, timing off) " + execute);
      }
      double median = median(session, execute);
      String plan = plan(session, "explain (analyze, buffers) " + execute);
      connection.rollback();
      return new Explained(name, new QueryPlan(plan), median);
    }
  }

  private static double median(Statement session, String execute) throws SQLException {
    double[] times = new double[RUNS];
    for (int i = 0; i < RUNS; i++) {
      String run = plan(session, "explain (analyze, buffers, timing off) " + execute);
      times[i] = new QueryPlan(run).milliseconds();
    }
    Arrays.sort(times);
    return times[RUNS / 2];
  }

  private static String plan(Statement session, String explain) throws SQLException {
    StringBuilder plan = new StringBuilder();
    try (ResultSet lines = session.executeQuery(explain)) {
      while (lines.next()) {
        plan.append(lines.getString(1)).append('\n');
      }
    }
    return plan.toString();
  }

  long buffers() {
    return plan.buffers();
  }

  /** Fails where a table that grows was read from one end to the other. */
  void assertReadsByIndex() {
    plan.assertReadsByIndex(LARGE);
  }

  String figures() {
    return "| %s | %.3f | %d |".formatted(name, milliseconds, buffers());
  }
}
