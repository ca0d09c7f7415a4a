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
 * @param entries of indexes, and rows of tables where no index was used, that were looked at, on
 *     average: an index page has hundreds of entries, and what looks through all of them costs time
 *     before it shows in pages
 */
record GroupCost(double milliseconds, double buffers, double entries) {
  private static final int WARM_UP = 10;
  private static final String USED =
      """
      select coalesce(sum(total_exec_time), 0),
        coalesce(sum(shared_blks_hit + shared_blks_read), 0)
      from pg_stat_statements where query like 'prepare %' and toplevel
        and dbid = (select oid from pg_database where datname = current_database())\
      """;

  private static final String ENTRIES =
      """
      select sum(pg_stat_get_xact_tuples_returned(oid)) from pg_class
      where relnamespace = to_regnamespace('public') and relkind in ('r', 'i')\
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
      double entries = 0;
      double[] before = first(look, USED);
      double[] last = before;
      for (int i = 0; i < runs; i++) {
        entries += write(session, groups.apply(WARM_UP + i), prepared);
        double[] now = first(look, USED);
        times[i] = now[0] - last[0];
        last = now;
      }
      Arrays.sort(times);
      return new GroupCost(times[runs / 2], (last[1] - before[1]) / runs, entries / runs);
    }
  }

  /** Commits a group; answers how many entries it looked at. */
  private static double write(Statement session, List<Write> writes, Map<String, String> prepared)
      throws SQLException {
    session.execute(
        "begin; set local role service_role" + SessionSettings.OF_GROUPS.asStatements());
    double before = first(session, ENTRIES)[0];
    for (Write write : writes) {
      String name = prepared.get(write.sql());
      if (name == null) {
        name = "w" + prepared.size();
        prepared.put(write.sql(), name);
        session.execute("prepare " + name + " as " + write.sql());
      }
      session.execute("execute " + name + Literal.list(write.arrays()));
    }
    double entries = first(session, ENTRIES)[0] - before;
    session.execute("commit");
    return entries;
  }

  private static double[] first(Statement look, String sql) throws SQLException {
    try (ResultSet row = look.executeQuery(sql)) {
      row.next();
      double[] columns = new double[row.getMetaData().getColumnCount()];
      for (int i = 0; i < columns.length; i++) {
        columns[i] = row.getDouble(i + 1);
      }
      return columns;
    }
  }
}
