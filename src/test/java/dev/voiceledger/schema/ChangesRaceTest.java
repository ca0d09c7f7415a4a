package dev.voiceledger.schema;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.voiceledger.TestDatabase;
import dev.voiceledger.TestDatabases;
import java.sql.Connection;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;

/**
 * Numbers rise in the order in which changes become visible: whoever reads up to one has missed
 * nothing before it, however long some transactions take.
 */
class ChangesRaceTest {
  private static final String CALLS =
      "insert into voice_calls (room_sid) values ('RM_1'), ('RM_2'), ('RM_3')";

  private static final String CHANGE =
      "update voice_calls set summary = summary || 'x' where room_sid = 'RM_%d'";

  private static final String NUMBER = "select last from voiceledger.number_changes(100)";
  private static final String LAST = "select last from call_changes_position";

  /** How a reader that read up to a number then reads on: the ids of the calls that it gets. */
  private static final String AFTER =
      """
      select count(*) from call_changes l
        cross join unnest(l.call_ids) with ordinality i (id, place)
      where l.last - cardinality(l.call_ids) + i.place > %d
        and i.id = voiceledger.call_id_of_room('RM_%d')\
      """;

  /** Numbers drawn by the writer itself, in its own transaction, as one would at first. */
  private static final String DRAWN_BY_WRITERS =
      """
      create sequence drawn start 1000;
      grant usage on sequence drawn to public;
      create or replace function voiceledger.changes_are_due() returns trigger
      language plpgsql security definer set search_path = '' as $$
      begin
        if tg_argv[0] = 'call' then
          insert into public.call_changes (last, kinds, call_ids, keys, changed_at)
            select nextval('public.drawn'), array['call'], array[r.id], array[''], now()
            from changed_rows r;
        end if;
        return null;
      end $$;
      create or replace function voiceledger.number_changes(
        items_max integer, out last bigint, out more boolean)
      language sql security definer set search_path = '' as
        'select max(l.last), false from public.call_changes l'\
      """;

  /** Takes it that whoever drew a lesser id is over. */
  private static final String FORGETS_WHO_IS_UNDER_WAY =
      """
      do $$ begin
        execute replace(pg_get_functiondef('voiceledger.number_changes'::regproc),
          'settled := pg_snapshot_xmin(pg_current_snapshot()) >= was.mark_xid',
          'settled := true');
      end $$\
      """;

  /** Takes it that nobody under way has an xid beyond the latest that is over. */
  private static final String MARKS_WITH_XMAX =
      """
      do $$ begin
        execute replace(pg_get_functiondef('voiceledger.number_changes'::regproc),
          'was.mark_xid := pg_current_xact_id()',
          'was.mark_xid := pg_snapshot_xmax(pg_current_snapshot())');
      end $$\
      """;

  private static final String WITHOUT_LOCK =
      """
      do $$ begin
        execute replace(pg_get_functiondef('voiceledger.number_changes'::regproc),
          'p for update', 'p');
      end $$\
      """;

  private static Connection session(TestDatabase database) throws SQLException {
    Connection session = database.service();
    TwoSessions.execute(session, "set role service_role");
    session.setAutoCommit(false);
    return session;
  }

  /** One writes for long while others come and go; all of them are told, and nobody waits. */
  private static boolean slowWriterIsTold(String sabotage) throws SQLException {
    TestDatabase database = TestDatabases.on18().fresh();
    database.asSuperuser(sabotage);
    try (Connection slow = session(database);
        Connection quick = session(database);
        Connection old = session(database);
        Connection reader = database.superuser()) {
      TwoSessions.execute(reader, CALLS);
      TwoSessions.execute(old, "insert into voice_calls (session_id) values ('stays open')");
      TwoSessions.number(reader, NUMBER);
      TwoSessions.execute(slow, CHANGE.formatted(1));
      long read = 0;
      for (int i = 0; i < 5; i++) {
        TwoSessions.execute(quick, CHANGE.formatted(2));
        quick.commit();
        long next = TwoSessions.number(reader, NUMBER);
        assertEquals(1, TwoSessions.number(reader, AFTER.formatted(read, 2)) > 0 ? 1 : 0);
        read = next;
      }
      slow.commit();
      TwoSessions.number(reader, NUMBER);
      return TwoSessions.number(reader, AFTER.formatted(read, 1)) == 1;
    }
  }

  @Test
  void who_commits_late_is_told_late_and_nobody_waits_for_them() throws Exception {
    assertEquals(true, slowWriterIsTold("select 1"));
    assertEquals(false, slowWriterIsTold(DRAWN_BY_WRITERS));
  }

  @Test
  void the_queue_is_not_read_past_who_is_under_way() throws Exception {
    assertEquals(false, slowWriterIsTold(FORGETS_WHO_IS_UNDER_WAY));
  }

  /** Of two that write side by side the one with the lesser id and the greater xid stays open. */
  private static boolean whoBeganLaterIsTold(String sabotage) throws SQLException {
    TestDatabase database = TestDatabases.on18().fresh();
    database.asSuperuser(sabotage);
    boolean told = true;
    try (Connection quick = session(database);
        Connection slow = session(database);
        Connection reader = database.superuser()) {
      TwoSessions.execute(reader, CALLS);
      for (int i = 0; i < 5; i++) {
        TwoSessions.number(reader, NUMBER);
        TwoSessions.execute(quick, CHANGE.formatted(1));
        TwoSessions.execute(slow, CHANGE.formatted(2));
        TwoSessions.execute(quick, CHANGE.formatted(1));
        quick.commit();
        TwoSessions.number(reader, NUMBER);
        for (int later = 0; later < 3; later++) {
          TwoSessions.execute(reader, CHANGE.formatted(3));
          TwoSessions.number(reader, NUMBER);
        }
        long read = TwoSessions.number(reader, LAST);
        slow.commit();
        TwoSessions.number(reader, NUMBER);
        told &= TwoSessions.number(reader, AFTER.formatted(read, 2)) == 1;
      }
    }
    return told;
  }

  @Test
  void who_began_later_and_stays_is_told() throws Exception {
    assertEquals(true, whoBeganLaterIsTold("select 1"));
    assertEquals(false, whoBeganLaterIsTold(MARKS_WITH_XMAX));
  }

  @Test
  void what_is_behind_is_not_passed_over_again() throws Exception {
    TestDatabase database = TestDatabases.on18().fresh();
    try (Connection writer = session(database);
        Connection reader = database.superuser()) {
      TwoSessions.execute(reader, CALLS);
      for (int i = 0; i < 5; i++) {
        TwoSessions.execute(writer, CHANGE.formatted(1));
        writer.commit();
        TwoSessions.number(reader, NUMBER);
      }
      assertEquals(
          1, TwoSessions.number(reader, "select (due_from > 1)::int from call_changes_position"));
    }
  }

  /** Whoever scrubs the log holds rows of it, and whoever forgets others of them. */
  private static boolean forgettingWaits(String sabotage) throws SQLException {
    TestDatabase database = TestDatabases.on18().fresh();
    database.asSuperuser(sabotage);
    try (Connection holder = database.superuser();
        Connection other = database.superuser()) {
      TwoSessions.execute(other, CALLS + ";" + NUMBER);
      TwoSessions.execute(other, "update call_changes set at = now() - interval '25 hours'");
      holder.setAutoCommit(false);
      TwoSessions.execute(holder, "select from call_changes for update");
      TwoSessions.execute(other, "set lock_timeout = 300");
      TwoSessions.number(other, "select voiceledger.forget_changes(10)");
      return false;
    } catch (SQLException e) {
      assertEquals("55P03", e.getSQLState());
      return true;
    }
  }

  @Test
  void nobody_waits_to_forget() throws Exception {
    assertEquals(false, forgettingWaits("select 1"));
    assertEquals(
        true,
        forgettingWaits(
            """
            do $$ begin
              execute replace(pg_get_functiondef('voiceledger.forget_changes'::regproc),
                'for update skip locked', '');
            end $$\
            """));
  }

  private static boolean oneNumbersAtATime(String sabotage) throws Exception {
    try (TwoSessions sessions = new TwoSessions(TestDatabases.on18().fresh())) {
      sessions.prepare(CALLS);
      sessions.prepare(sabotage);
      boolean waited = sessions.overlap(NUMBER, CHANGE.formatted(1) + ";" + NUMBER);
      return waited
          && sessions.holds("select sum(cardinality(keys)) = max(last) from call_changes")
          && sessions.holds("select (" + LAST + ") = 4");
    }
  }

  @Test
  void replicas_number_one_at_a_time() throws Exception {
    assertEquals(true, oneNumbersAtATime("select 1"));
    assertEquals(false, oneNumbersAtATime(WITHOUT_LOCK));
  }
}
