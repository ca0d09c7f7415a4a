package dev.voiceledger.schema;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.voiceledger.TestDatabases;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;

/**
 * Facts that commit beside each other leave the rows that they would have left one after the other.
 * Each law is shown to matter: without it the same overlap leaves something else.
 */
class RacesTest {
  private static final String SERIALIZATION_FAILURE = "40001";
  private static final String CALL = "insert into voice_calls (room_sid) values ('RM_1');";

  private static final String JOINED =
      """
      insert into call_participants
          (call_id, participant_sid, participant_identity, kind, joined_at)
        values (voiceledger.call_id_of_room('RM_1'), '%1$s', '%1$s', 'STANDARD', '2026-11-01')\
      """;

  private static final String ENDED = "update voice_calls set end_reported_at = '2026-11-02'";

  private static final String RECORDED =
      """
      insert into call_recordings (call_id, egress_id, status, url, started_at, info_key)
        values (voiceledger.call_id_of_room('RM_1'), '%1$s', 'EGRESS_COMPLETE', '%1$s',
          '2026-11-01 10:0%1$s', '')\
      """;

  /** Takes the locks out of a function and leaves the rest of it as it is. */
  private static final String WITHOUT_LOCK =
      """
      do $$ begin
        execute regexp_replace(regexp_replace(pg_get_functiondef('voiceledger.%s'::regproc),
          'perform from[^;]*for no key update;', ''), 'for no key update', '');
      end $$;
      """;

  private static boolean after(String sabotage, String one, String two, String question)
      throws Exception {
    try (TwoSessions sessions = new TwoSessions(TestDatabases.on18().fresh())) {
      sessions.prepare(sabotage + CALL);
      sessions.overlap(one, two);
      return sessions.holds(question);
    }
  }

  @Test
  void who_joins_beside_the_end_of_the_call_left_with_it() throws Exception {
    String left = "select coalesce(left_at = '2026-11-02', false) from call_participants";
    assertEquals(true, after("", ENDED, JOINED.formatted("PA_1"), left));
    assertEquals(true, after("", JOINED.formatted("PA_1"), ENDED, left));
    String sabotage = WITHOUT_LOCK.formatted("calculate_participant_duration");
    assertEquals(false, after(sabotage, ENDED, JOINED.formatted("PA_1"), left));
  }

  @Test
  void who_join_beside_each_other_are_both_counted() throws Exception {
    String counted = "select participant_count = 2 from voice_calls";
    assertEquals(true, after("", JOINED.formatted("PA_1"), JOINED.formatted("PA_2"), counted));
    String sabotage =
        WITHOUT_LOCK.formatted("calculate_participant_duration")
            + WITHOUT_LOCK.formatted("count_participants");
    assertEquals(
        false, after(sabotage, JOINED.formatted("PA_1"), JOINED.formatted("PA_2"), counted));
  }

  @Test
  void of_recordings_beside_each_other_the_first_is_shown() throws Exception {
    String shown = "select recording_url = '1' from voice_calls";
    assertEquals(true, after("", RECORDED.formatted("1"), RECORDED.formatted("2"), shown));
    String sabotage = WITHOUT_LOCK.formatted("call_shows_its_recording");
    assertEquals(false, after(sabotage, RECORDED.formatted("1"), RECORDED.formatted("2"), shown));
  }

  @Test
  void a_call_that_is_erased_beside_its_repetition_stays_erased() throws Exception {
    String erase = "delete from voice_calls";
    String repeat = "insert into voice_calls (room_sid) values ('RM_1') on conflict do nothing";
    SQLException refused =
        assertThrows(SQLException.class, () -> after("", erase, repeat, "select true"), "kept out");
    assertEquals(SERIALIZATION_FAILURE, refused.getSQLState());
    String sabotage = "alter table voice_calls disable trigger _900_erased_stays_out;";
    assertEquals(false, after(sabotage, erase, repeat, "not exists (select from voice_calls)"));
  }
}
