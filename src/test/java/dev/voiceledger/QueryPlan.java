package dev.voiceledger;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How PostgreSQL answered a statement, as {@code explain (analyze, buffers)} tells. */
public record QueryPlan(String text) {
  private static final String EXPLAIN = "explain (analyze, buffers, timing off, costs off) ";
  private static final Pattern BUFFERS = Pattern.compile("shared hit=(\\d+)(?: read=(\\d+))?");
  private static final Pattern TIME = Pattern.compile("Execution Time: ([0-9.]+)");

  /**
   * Answers it twice, for the first time reads from disk and sets hint bits, and takes it back.
   *
   * @param asks what makes the session that of whoever asks, such as {@code set local role …}
   */
  public static QueryPlan of(TestDatabase database, String asks, String statement)
      throws SQLException {
    StringBuilder plan = new StringBuilder();
    try (Connection connection = database.superuser();
        Statement session = connection.createStatement()) {
      connection.setAutoCommit(false);
      session.execute("set local jit = off; " + asks);
      session.execute(EXPLAIN + statement);
      try (ResultSet lines = session.executeQuery(EXPLAIN + statement)) {
        while (lines.next()) {
          plan.append(lines.getString(1)).append('\n');
        }
      }
      connection.rollback();
    }
    return new QueryPlan(plan.toString());
  }

  /** Fails where one of these tables was read from one end to the other. */
  public void assertReadsByIndex(String... tables) {
    String all = "Seq Scan on (" + String.join("|", tables) + ")\\b";
    assertFalse(Pattern.compile(all).matcher(text).find(), text);
  }

  public double milliseconds() {
    return Double.parseDouble(found(TIME).group(1));
  }

  /** Pages of tables and indexes touched, cached or not; the topmost figure counts them all. */
  public long buffers() {
    Matcher found = found(BUFFERS);
    return Long.parseLong(found.group(1))
        + (found.group(2) == null ? 0 : Long.parseLong(found.group(2)));
  }

  private Matcher found(Pattern figure) {
    Matcher matcher = figure.matcher(text);
    assertTrue(matcher.find(), text);
    return matcher;
  }
}
