package dev.voiceledger.faults;

import dev.voiceledger.TestDatabase;
import dev.voiceledger.history.Api;
import dev.voiceledger.history.People;
import dev.voiceledger.history.Tables;
import java.net.URI;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * The connections of the service's pool, as PostgreSQL sees them. Each is usable when as many
 * requests as there are wait in the database at the same moment: people whom the service does not
 * know yet, and whose rows somebody else is about to write.
 */
final class Slots {
  static final int ALL = 8;
  private static final int ASKERS = 2 * ALL;

  /** Less than the service waits for a lock. */
  private static final long HELD_MS_MAX = 1_500;

  private static final String WAITING =
      """
      select count(*) from pg_stat_activity
      where datname = current_database() and application_name = 'voiceledger'
        and wait_event_type = 'Lock'\
      """;

  private static final String BUSY =
      """
      select count(*) from pg_stat_activity
      where datname = current_database() and application_name like 'voiceledger%'
        and state <> 'idle' and state_change < now() - interval '1 s'\
      """;

  private final TestDatabase database;
  private final Api api;
  private int most;

  Slots(TestDatabase database, URI base) {
    this.database = database;
    this.api = new Api(base);
  }

  /**
   * Tries until all are usable.
   *
   * @return milliseconds until then, from a moment
   */
  long usableAfter(long since, long msMax) throws SQLException {
    long end = since + TimeUnit.MILLISECONDS.toNanos(msMax);
    most = 0;
    while (System.nanoTime() < end) {
      if (allWait()) {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - since);
      }
      Crowd.pause(200);
    }
    throw new AssertionError(most + " of " + ALL + " slots are usable after " + msMax + " ms");
  }

  private boolean allWait() throws SQLException {
    List<String> people = Stream.generate(People::somebody).limit(ASKERS).toList();
    try (ExecutorService askers = Executors.newFixedThreadPool(ASKERS);
        Connection holding = database.superuser();
        PreparedStatement users =
            holding.prepareStatement("insert into users (id) select unnest(?::uuid[])")) {
      holding.setAutoCommit(false);
      users.setArray(1, holding.createArrayOf("text", people.toArray()));
      users.execute();
      people.forEach(
          person -> askers.submit(() -> api.get(People.user(person), Api.CALLS).status()));
      boolean all = waitTogether();
      holding.rollback();
      return all;
    }
  }

  private boolean waitTogether() {
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(HELD_MS_MAX);
    while (System.nanoTime() < end) {
      most = Math.max(most, Integer.parseInt(Tables.text(database, WAITING)));
      if (most == ALL) {
        return true;
      }
      Crowd.pause(20);
    }
    return false;
  }

  /** How many are in the middle of something though nobody asks for anything any more. */
  int busy() {
    return Integer.parseInt(Tables.text(database, BUSY));
  }
}
