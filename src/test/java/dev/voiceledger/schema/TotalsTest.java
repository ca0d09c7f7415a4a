package dev.voiceledger.schema;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.voiceledger.TestDatabase;
import dev.voiceledger.TestDatabases;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/**
 * Totals are exact when writers overlap, and a message costs no more at the end of a long call than
 * at its beginning. The seed's own trigger fails both, which is shown here too.
 */
class TotalsTest {
  private static final int ROUNDS = 200;
  private static final int ROUNDS_OF_OLDEST = 20;
  private static final int ROUNDS_OF_SABOTAGE = 10;
  private static final int[] LENGTHS = {10, 1_000, 100_000};
  private static final int RUNS = 3;
  private static final int INSERTS = 150;
  private static final double RATIO_MAX = 1.5;
  private static final int WRITERS = 8;
  private static final int STATEMENTS = 25;

  private static final String CALLS =
      """
      insert into voice_calls (room_sid) values ('RM_1');
      insert into voice_messages (call_id, sequence_number, segment_id, role, content, tokens_used)
        select c.id, n, 's' || n, 'user', 'x', 5 from voice_calls c, generate_series(1, 1000) n;
      """;

  private static final String INSERT =
      """
      insert into voice_messages (call_id, sequence_number, role, content, tokens_used, cost_usd)
        select id, %1$d, 'user', 'x', %1$d, 0.01 from voice_calls\
      """;

  private static final String UPDATE =
      "update voice_messages set tokens_used = tokens_used + %1$d where segment_id = 's%1$d'";

  private static final String DELETE = "delete from voice_messages where segment_id = 's%1$d'";

  private static final String EXACT =
      """
      select (message_count, total_tokens_used, cost_usd) = (select count(*), sum(tokens_used),
        coalesce(sum(cost_usd), 0) from voice_messages) from voice_calls\
      """;

  /** The trigger of seed 001, as its words describe it: it sums up all messages at each insert. */
  private static final String NAIVE =
      """
      create or replace function voiceledger.update_call_tokens() returns trigger
      language plpgsql security definer as $$
      begin
        update public.voice_calls c set message_count = s.n, message_tokens = s.tokens,
          message_cost_usd = s.cost
          from (select count(*) as n, sum(tokens_used) as tokens, coalesce(sum(cost_usd), 0) as cost
                from public.voice_messages m where m.call_id = new.call_id) s
          where c.id = new.call_id;
        return null;
      end $$;
      create or replace trigger voice_messages_update_tokens_trigger
        after insert on voice_messages for each row
        execute function voiceledger.update_call_tokens();
      """;

  @Test
  void overlapping_writers_leave_exact_totals() throws Exception {
    overlapping(TestDatabases.on18(), ROUNDS);
  }

  @Test
  void overlapping_writers_leave_exact_totals_on_15() throws Exception {
    overlapping(TestDatabases.on15(), ROUNDS_OF_OLDEST);
  }

  private static void overlapping(TestDatabases databases, int rounds) throws Exception {
    try (TwoSessions sessions = new TwoSessions(databases.fresh())) {
      sessions.prepare(CALLS);
      for (String change : List.of(INSERT, UPDATE, DELETE)) {
        assertEquals(rounds, exactRounds(sessions, change, rounds), change);
      }
    }
  }

  @Test
  void the_seeds_trigger_loses_updates() throws Exception {
    try (TwoSessions sessions = new TwoSessions(TestDatabases.on18().fresh())) {
      sessions.prepare(NAIVE + CALLS);
      assertEquals(0, exactRounds(sessions, INSERT, ROUNDS_OF_SABOTAGE));
    }
  }

  private static int exactRounds(TwoSessions sessions, String change, int rounds) throws Exception {
    int exact = 0;
    for (int round = 0; round < rounds; round++) {
      int number = (change.equals(INSERT) ? 2_000 : 1) + 2 * round;
      assertTrue(sessions.overlap(change.formatted(number), change.formatted(number + 1)));
      exact += sessions.holds(EXACT) ? 1 : 0;
    }
    return exact;
  }

  @Test
  void a_message_is_no_dearer_in_a_long_call() throws Exception {
    TestDatabase database = TestDatabases.on18().fresh();
    double[] ratios = new double[RUNS];
    try (Connection service = longCalls(database);
        Connection owner = database.owner()) {
      medians(service, INSERTS);
      for (int run = 0; run < RUNS; run++) {
        ratios[run] = ratio(medians(service, INSERTS));
      }
      Arrays.sort(ratios);
      assertTrue(ratios[RUNS / 2] <= RATIO_MAX, Arrays.toString(ratios));
      TwoSessions.execute(owner, NAIVE);
      assertTrue(ratio(medians(service, ROUNDS_OF_SABOTAGE)) > RATIO_MAX, "the seed's is dearer");
    }
  }

  private static double ratio(long[] medians) {
    String microseconds = Arrays.toString(Arrays.stream(medians).map(it -> it / 1_000).toArray());
    System.err.println("µs a message after 10, 1,000 and 100,000 of its call: " + microseconds);
    return (double) medians[LENGTHS.length - 1] / medians[0];
  }

  private static Connection longCalls(TestDatabase database) throws SQLException {
    Connection service = database.service();
    TwoSessions.execute(service, "set role service_role; set synchronous_commit = off");
    for (int length : LENGTHS) {
      TwoSessions.execute(
          service,
          """
          insert into voice_calls (room_sid) values ('RM_%1$d');
          insert into voice_messages (call_id, sequence_number, role, content, tokens_used)
            select id, n, 'user', 'what somebody said in this call', 3
            from voice_calls, generate_series(1, %1$d) n where room_sid = 'RM_%1$d';
          """
              .formatted(length));
    }
    TwoSessions.execute(service, "reset role");
    TwoSessions.execute(service, "set role service_role");
    return service;
  }

  /** In turns, so that whatever else the machine does falls on all calls alike. */
  private static long[] medians(Connection service, int inserts) throws SQLException {
    long[][] times = new long[LENGTHS.length][inserts];
    for (int i = 0; i < inserts; i++) {
      for (int call = 0; call < LENGTHS.length; call++) {
        long start = System.nanoTime();
        TwoSessions.execute(
            service,
            """
            insert into voice_messages (call_id, role, content, tokens_used)
              values (voiceledger.call_id_of_room('RM_%d'), 'user', 'one more thing', 3)\
            """
                .formatted(LENGTHS[call]));
        times[call][i] = System.nanoTime() - start;
      }
    }
    return Arrays.stream(times).peek(Arrays::sort).mapToLong(it -> it[inserts / 2]).toArray();
  }

  @Test
  void writers_without_numbers_never_collide() throws Exception {
    TestDatabase database = TestDatabases.on18().fresh();
    try (ExecutorService writers = Executors.newFixedThreadPool(WRITERS);
        Connection watcher = database.superuser()) {
      TwoSessions.execute(watcher, "insert into voice_calls (room_sid) values ('RM_1')");
      Callable<Void> writer = () -> writeWithoutNumbers(database);
      List<Future<Void>> all = new ArrayList<>();
      for (int i = 0; i < WRITERS; i++) {
        all.add(writers.submit(writer));
      }
      for (Future<Void> one : all) {
        one.get();
      }
      long written = TwoSessions.number(watcher, "select count(*) from voice_messages");
      assertEquals(WRITERS * STATEMENTS * 3L, written);
      String last = "select max(sequence_number) from voice_messages";
      assertEquals(written, TwoSessions.number(watcher, last), "and without gaps");
      assertEquals(1, TwoSessions.number(watcher, "select (" + EXACT + ")::int"));
    }
  }

  private static Void writeWithoutNumbers(TestDatabase database) throws SQLException {
    try (Connection service = database.service()) {
      TwoSessions.execute(service, "set role service_role");
      for (int i = 0; i < STATEMENTS; i++) {
        TwoSessions.execute(
            service,
            """
            insert into voice_messages (call_id, role, content, tokens_used)
              select id, 'user', 'x', 1 from voice_calls, generate_series(1, 3)\
            """);
      }
    }
    return null;
  }
}
