package dev.voiceledger.schema;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.voiceledger.TestDatabase;
import dev.voiceledger.TestDatabases;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/**
 * Figures are written behind the ledger: neither waits for the other, and whatever runs beside
 * whatever, the figures are right once nothing is due any more.
 */
class FiguresTest {
  private static final int WRITERS = 4;
  private static final int REFRESHERS = 3;
  private static final int CHANGES = 150;
  private static final int CALLS = 5;

  private static final String ENDED_CALLS =
      """
      insert into voice_calls (room_sid, room_created_at, end_reported_at)
        select 'RM_' || n, '2026-11-01', '2026-11-02' from generate_series(1, 5) n;
      """;

  private static final String LATE_MESSAGE =
      """
      insert into voice_messages (call_id, role, content, tokens_used)
        values (voiceledger.call_id_of_room('RM_%d'), 'user', 'late', 1)\
      """;

  private static final String LATE_MESSAGE_TO_EACH =
      """
      insert into voice_messages (call_id, role, content, tokens_used)
        select id, 'user', 'late', 1 from voice_calls order by id\
      """;

  private static final String LATE_MESSAGE_TO_LAST = LATE_MESSAGE_TO_EACH + " desc limit 1";

  private static final String HOLD_THE_FIRST =
      "select from call_figures order by call_id limit 1 for update";

  private static final String WAITING =
      """
      select count(*) from pg_stat_activity
        where datname = current_database() and wait_event_type = 'Lock'\
      """;

  private static final String REFRESH = "select voiceledger.refresh_figures(100)";
  private static final String ERASE = "delete from voice_calls where room_sid = 'RM_1'";

  private static final String EXACT =
      """
      select count(*) = sum((f.total_tokens_used is not distinct from c.total_tokens_used)::int)
          and count(*) = count(f.call_id) and count(*) = (select count(*) from call_figures)
        from voice_calls c left join call_figures f on f.call_id = c.id\
      """;

  private static final String NOTHING_DUE = "select not exists (select from call_figures_due)";

  @Test
  void a_writer_and_a_refresher_wait_for_each_other_in_neither_order() throws Exception {
    try (TwoSessions sessions = new TwoSessions(TestDatabases.on18().fresh())) {
      sessions.prepare(ENDED_CALLS);
      String message = LATE_MESSAGE.formatted(1);
      assertEquals(false, sessions.overlap(REFRESH, message), "the writer does not wait");
      assertEquals(false, sessions.holds(EXACT), "and is not in the figures yet");
      assertEquals(false, sessions.overlap(message, REFRESH), "the refresher does not wait");
      assertEquals(false, sessions.holds(NOTHING_DUE), "and leaves what it did not see");
      sessions.prepare(REFRESH);
      assertEquals(true, sessions.holds(EXACT) && sessions.holds(NOTHING_DUE));
    }
  }

  @Test
  void of_two_refreshers_one_has_nothing_to_do() throws Exception {
    try (TwoSessions sessions = new TwoSessions(TestDatabases.on18().fresh())) {
      sessions.prepare(ENDED_CALLS);
      assertEquals(false, sessions.overlap(REFRESH, REFRESH), "neither waits");
      assertEquals(true, sessions.holds(EXACT) && sessions.holds(NOTHING_DUE));
    }
  }

  /** Else the refresher would wait for the erasure, or write figures of a call that is gone. */
  @Test
  void a_call_that_is_being_erased_is_left_for_later() throws Exception {
    try (TwoSessions sessions = new TwoSessions(TestDatabases.on18().fresh())) {
      sessions.prepare(ENDED_CALLS);
      assertEquals(false, sessions.overlap(ERASE, REFRESH), "the refresher does not wait");
      assertEquals(true, sessions.holds(EXACT), "the others' figures are written");
      assertEquals(false, sessions.holds(NOTHING_DUE), "this one's is looked at again");
      sessions.prepare(REFRESH);
      assertEquals(true, sessions.holds(EXACT) && sessions.holds(NOTHING_DUE));
      sessions.prepare("update call_figures set total_tokens_used = 99");
      assertEquals(false, sessions.holds(EXACT), "a wrong figure shows");
    }
    try (TwoSessions sessions = new TwoSessions(TestDatabases.on18().fresh())) {
      sessions.prepare(
          "do $$ begin execute replace(pg_get_functiondef('voiceledger.refresh_figures'::regproc),"
              + " 'for key share skip locked', 'for key share'); end $$; "
              + ENDED_CALLS);
      assertEquals(true, sessions.overlap(ERASE, REFRESH), "without that it waits");
    }
  }

  /**
   * One refresher has read all calls and is held up before it writes; a call changes, and another
   * refresher comes. Its figures must not be overwritten by what the first one read before.
   */
  @Test
  void a_refresher_that_was_held_up_writes_nothing_stale() throws Exception {
    assertEquals(true, exactAfterADelay(""));
    String sabotage =
        "do $$ begin execute replace(pg_get_functiondef('voiceledger.refresh_figures'::regproc),"
            + " 'if not pg_try', 'if false and not pg_try'); end $$";
    assertEquals(false, exactAfterADelay(sabotage));
  }

  private static boolean exactAfterADelay(String sabotage) throws Exception {
    TestDatabase database = TestDatabases.on18().fresh();
    try (ExecutorService other = Executors.newSingleThreadExecutor();
        Connection holder = database.superuser();
        Connection watcher = database.superuser()) {
      TwoSessions.execute(watcher, ENDED_CALLS + REFRESH + ";" + sabotage);
      TwoSessions.execute(watcher, LATE_MESSAGE_TO_EACH);
      holder.setAutoCommit(false);
      TwoSessions.execute(holder, HOLD_THE_FIRST);
      Future<?> heldUp = other.submit(() -> repeat(database, REFRESH, 1));
      while (TwoSessions.number(watcher, WAITING) == 0) {
        assertEquals(false, heldUp.isDone(), "the refresher is held up");
      }
      TwoSessions.execute(watcher, LATE_MESSAGE_TO_LAST);
      TwoSessions.execute(watcher, REFRESH);
      holder.commit();
      heldUp.get();
      TwoSessions.execute(watcher, REFRESH);
      return TwoSessions.number(watcher, "select (" + EXACT + ")::int") == 1;
    }
  }

  @Test
  void whoever_writes_and_refreshes_at_once_the_figures_are_exact_in_the_end() throws Exception {
    TestDatabase database = TestDatabases.on18().fresh();
    try (ExecutorService threads = Executors.newFixedThreadPool(WRITERS + REFRESHERS);
        Connection watcher = database.superuser()) {
      TwoSessions.execute(watcher, ENDED_CALLS);
      List<Future<?>> all = new ArrayList<>();
      for (int i = 0; i < WRITERS + REFRESHERS; i++) {
        boolean writes = i < WRITERS;
        all.add(threads.submit(() -> repeat(database, writes ? LATE_MESSAGE : REFRESH, CHANGES)));
      }
      for (Future<?> one : all) {
        one.get();
      }
      TwoSessions.execute(watcher, REFRESH.replace("100", "10000"));
      assertEquals(1, TwoSessions.number(watcher, "select (" + EXACT + ")::int"));
      assertEquals(1, TwoSessions.number(watcher, "select (" + NOTHING_DUE + ")::int"));
      String tokens = "select sum(total_tokens_used) from call_figures";
      assertEquals(WRITERS * CHANGES, TwoSessions.number(watcher, tokens), "nothing was lost");
    }
  }

  private static Void repeat(TestDatabase database, String statement, int times)
      throws SQLException {
    try (Connection service = database.service()) {
      TwoSessions.execute(service, "set role service_role; set synchronous_commit = off");
      for (int i = 0; i < times; i++) {
        TwoSessions.execute(service, statement.formatted(1 + i % CALLS));
      }
    }
    return null;
  }
}
