package dev.voiceledger.bench;

import dev.voiceledger.TestDatabase;
import dev.voiceledger.ledger.Kind.Write;
import dev.voiceledger.platform.SessionSettings;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;

/**
 * What a group costs PostgreSQL: the ledger's statements in a session of its own kind, each group
 * committed; without the sending and the waiting for the disk.
 *
 * @param milliseconds the median of a group's statements together
 * @param buffers pages touched, triggers included, on average
 */
record GroupCost(double milliseconds, double buffers) {
  private static final int WARM_UP = 10;
  private static final String USED =
      """
      select coalesce(sum(total_exec_time), 0),
        coalesce(sum(shared_blks_hit + shared_blks_read), 0)
      from pg_stat_statements where query like 'prepare %' and toplevel
        and dbid = (select oid from pg_database where datname = current_database())\
      """;

  /**
   * @param groups gives the statements of each, by its number from 0
   */
  static GroupCost of(TestDatabase database, int runs, IntFunction<List<Write>> groups)
      throws SQLException {
    database.asSuperuser("create extension if not exists pg_stat_statements");
    try (Connection connection = database.superuser();
        Connection looking = database.superuser();
        Statement session = connection.createStatement();
        Statement look = looking.createStatement()) {
      connection.setAutoCommit(false);
      Map<String, String> prepared = new HashMap<>();
      for (int i = 0; i < WARM_UP; i++) {
        write(session, groups.apply(i), prepared);
      }
      double[] times = new double[runs];
      double[] before = used(look);
      double[] last = before;
      for (int i = 0; i < runs; i++) {
        write(session, groups.apply(WARM_UP + i), prepared);
        double[] now = used(look);
        times[i] = now[0] - last[0];
        last = now;
      }
      Arrays.sort(times);
      return new GroupCost(times[runs / 2], (last[1] - before[1]) / runs);
    }
  }

  private static void write(Statement session, List<Write> writes, Map<String, String> prepared)
      throws SQLException {
    session.execute(
        "begin; set local role service_role" + SessionSettings.OF_GROUPS.asStatements());
    for (Write write : writes) {
      String name = prepared.get(write.sql());
      if (name == null) {
        name = "w" + prepared.size();
        prepared.put(write.sql(), name);
        session.execute("prepare " + name + " as " + write.sql());
      }
      session.execute("execute " + name + Literal.list(write.arrays()));
    }
    session.execute("commit");
  }

  private static double[] used(Statement look) throws SQLException {
    try (ResultSet row = look.executeQuery(USED)) {
      row.next();
      return new double[] {row.getDouble(1), row.getDouble(2)};
    }
  }
}
