package dev.voiceledger.operate;

import dev.voiceledger.operate.Operations.Table;
import dev.voiceledger.platform.Database;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;

/**
 * How large the tables are. PostgreSQL takes a lock for it, which a migration or {@code vacuum
 * full} does not give: so it is asked apart from all else, and nobody waits for it.
 */
@ApplicationScoped
class SizesStore {
  private static final String BRIEFLY = "select set_config('lock_timeout', '100ms', true)";

  /**
   * Every table of ours has a policy for its owner that is named after it, a platform's has not.
   */
  private static final String OF_OURS =
      """
      select cast(c.relname as text), pg_stat_get_live_tuples(c.oid), %s
      from pg_policy p join pg_class c on c.oid = p.polrelid
      where p.polname = c.relname || '_owner' and c.relnamespace = to_regnamespace('public')
      order by 3 desc nulls last, 1\
      """;

  static final String TABLES = OF_OURS.formatted("pg_total_relation_size(c.oid)");
  static final String UNMEASURED = OF_OURS.formatted("cast(null as bigint)");

  private final Database database;

  SizesStore(Database database) {
    this.database = database;
  }

  /** Largest first, in transactions of their own; where one is locked, all are without a size. */
  Uni<List<Table>> tables() {
    return database
        .asService(() -> database.ask(BRIEFLY, String.class).chain(() -> all(TABLES)))
        .onFailure()
        .recoverWithUni(locked -> database.asService(() -> all(UNMEASURED)));
  }

  private Uni<List<Table>> all(String sql) {
    return database
        .ask(sql, Object[].class)
        .map(rows ->
            rows.stream()
                .map(row -> new Table((String) row[0], (long) row[1], (Long) row[2]))
                .toList());
  }
}
