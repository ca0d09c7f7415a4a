package dev.voiceledger.schema;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.voiceledger.QueryPlan;
import dev.voiceledger.TestDatabase;
import dev.voiceledger.TestDatabases;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * How PostgreSQL reads the pages of a history among 100,000 calls of 1,000 people: by index, with
 * row level security on, and hardly dearer than without it.
 */
class HistoryPlansTest {
  private static final Path GENERATED = Path.of("src/test/resources/history.generate.sql");
  private static final int RUNS = 15;
  private static final int ROUNDS = 3;
  private static final int PAGE = 51;
  private static final double DEARER_MAX = 1.2;

  /** Asking whether a person took part in a call: this many index pages, for each row shown. */
  private static final int PROBE_PAGES = 3;

  /** A page of the list: at most twenty pages of tables and indexes for each row. */
  private static final long PAGES_MAX = 20 * PAGE;

  /** All calls of a person of 1,000 must be looked at, and so must some that others own. */
  private static final long PAGES_OF_ALL_MAX = 10 * 1_100;

  private static final String OWNER = "00000000-0000-4000-8000-000000000000";
  private static final String GUEST = "00000000-0000-4000-8000-000000000001";
  private static final String SOMEBODY = "00000000-0000-4000-8000-000000000005";

  private static final String USER =
      "set local role authenticated; set local request.jwt.claims = '{\"sub\": \"%s\"}'";
  private static final String ADMIN =
      """
      set local role authenticated; set local request.jwt.claims =
        '{"sub": "99990000-0000-4000-8000-000000000000", "role": "admin"}'\
      """;
  private static final String SERVICE = "set local role service_role";
  private static final String NOBODY_ASKS = "set local role none";

  private static final String OF_PERSON =
      """
      select c.* from call_access a join voice_calls c on c.id = a.call_id
        where a.user_id = '%s' %s order by a.started_at desc, a.call_id desc limit 51\
      """;

  private static final String OF_PERSON_BY_FIGURE =
      """
      select c.* from (
          select f.call_id, f.cost_micros from call_access a join call_figures f using (call_id)
            where a.user_id = '%s' %s order by f.cost_micros desc, f.call_id desc limit 51) p
        join voice_calls c on c.id = p.call_id order by p.cost_micros desc, p.call_id desc\
      """;

  private static final String OF_ALL =
      "select c.* from voice_calls c %s order by c.started_at desc, c.id desc limit 51";

  private static final String OF_ALL_BY_FIGURE =
      """
      select c.* from call_figures f join voice_calls c on c.id = f.call_id
        where (f.%1$s, f.call_id) < (500, '80000000-0000-4000-8000-000000000000')
        order by f.%1$s desc, f.call_id desc limit 51\
      """;

  /** The comparison is not leakproof, so the planner has no statistics of it: it is told. */
  private static final String OF_ALL_WITH_METADATA =
      """
      with found as materialized (
          select id, started_at from voice_calls
          where metadata @> '{"tenant": "t20"}' and metadata <> '{}')
        select c.* from (
            select id from found order by started_at desc, id desc limit 51) p
          join voice_calls c using (id) order by c.started_at desc, c.id desc\
      """;

  /**
   * Equality of enums is not leakproof either: under row level security a status counts as no
   * constant, and unless it stands in the order too, the index on it gives no order.
   */
  private static final String OF_ALL_IN_STATES =
      """
      select c.* from unnest('{active,pending}'::call_status[]) s (status) cross join lateral (
          select c.* from voice_calls c where c.status = s.status
            order by c.status, c.started_at desc, c.id desc limit 51) c
        order by c.started_at desc, c.id desc limit 51\
      """;

  private static final String AFTER =
      "and (a.started_at, a.call_id) < ('2026-06-01', '80000000-0000-4000-8000-000000000000')";

  private static final String EXPENSIVE =
      "join call_figures f on f.call_id = c.id where f.cost_micros >= 1000000";

  private static TestDatabase database;

  @BeforeAll
  static void generate() throws Exception {
    database = TestDatabases.on18().fresh();
    try (Connection superuser = database.superuser()) {
      TwoSessions.execute(superuser, Files.readString(GENERATED));
      TwoSessions.execute(superuser, "vacuum analyze");
    }
  }

  @Test
  void a_persons_pages_are_read_by_index() throws Exception {
    for (String person : List.of(OWNER, GUEST, SOMEBODY)) {
      String asks = USER.formatted(person);
      by_index(PAGES_MAX, asks, OF_PERSON.formatted(person, ""));
      by_index(PAGES_MAX, asks, OF_PERSON.formatted(person, AFTER));
      for (String filter :
          List.of("c.status = 'failed'", "c.metadata @> '{\"tenant\": \"t20\"}'")) {
        by_index(PAGES_OF_ALL_MAX, asks, OF_PERSON.formatted(person, "and " + filter));
      }
      by_index(PAGES_OF_ALL_MAX, asks, OF_PERSON_BY_FIGURE.formatted(person, ""));
      String cheap = "and f.cost_micros < 500000";
      by_index(PAGES_OF_ALL_MAX, asks, OF_PERSON_BY_FIGURE.formatted(person, cheap));
    }
  }

  @Test
  void the_pages_of_those_who_see_all_are_read_by_index() throws Exception {
    for (String asks : List.of(SERVICE, ADMIN)) {
      by_index(PAGES_MAX, asks, OF_ALL.formatted(""));
      by_index(PAGES_MAX, asks, OF_ALL.formatted("where c.agent_name = 'agent-7'"));
      by_index(PAGES_MAX, asks, OF_ALL.formatted("where c.room_name = 'room 7'"));
      by_index(PAGES_MAX, asks, OF_ALL_BY_FIGURE.formatted("cost_micros"));
      by_index(PAGES_MAX, asks, OF_ALL_BY_FIGURE.formatted("duration_seconds"));
      by_index(PAGES_MAX, asks, OF_ALL_BY_FIGURE.formatted("total_tokens_used"));
      by_index(PAGES_MAX, asks, OF_ALL.formatted(EXPENSIVE));
    }
    by_index(PAGES_MAX, SERVICE, OF_ALL_IN_STATES);
    by_index(PAGES_MAX, SERVICE, OF_ALL_WITH_METADATA);
  }

  private static void by_index(long pagesMax, String asks, String page) throws SQLException {
    QueryPlan plan = QueryPlan.of(database, asks, page);
    plan.assertReadsByIndex("voice_calls", "call_access", "call_figures");
    System.err.println(
        "%.2f ms, %d buffers: %s | %s"
            .formatted(plan.milliseconds(), plan.buffers(), asks, page)
            .replaceAll("\\s+", " "));
    assertTrue(plan.buffers() <= pagesMax, page + "\n" + plan.text());
  }

  @Test
  void row_level_security_is_hardly_dearer_than_none() throws Exception {
    String owned = OF_PERSON.formatted(OWNER, "");
    assertTrue(dearer(OWNER, owned, 0), "a page of one's own calls");
    String guested = OF_PERSON.formatted(GUEST, "");
    assertTrue(dearer(GUEST, guested, PAGE * PROBE_PAGES), "a page of others' calls");
  }

  private static boolean dearer(String person, String page, int probes) throws SQLException {
    double[] with = new double[ROUNDS];
    double[] without = new double[ROUNDS];
    for (int round = 0; round < ROUNDS; round++) {
      with[round] = median(USER.formatted(person), page);
      without[round] = median(NOBODY_ASKS, page);
    }
    Arrays.sort(with);
    Arrays.sort(without);
    long buffersWith = QueryPlan.of(database, USER.formatted(person), page).buffers();
    long buffersWithout = QueryPlan.of(database, NOBODY_ASKS, page).buffers();
    System.err.println(
        "row level security: %.3f ms and %d buffers, without: %.3f ms and %d buffers: %s"
            .formatted(
                with[ROUNDS / 2], buffersWith, without[ROUNDS / 2], buffersWithout, page.strip()));
    return buffersWith <= DEARER_MAX * buffersWithout + probes;
  }

  private static double median(String asks, String page) throws SQLException {
    double[] times = new double[RUNS];
    for (int run = 0; run < RUNS; run++) {
      times[run] = QueryPlan.of(database, asks, page).milliseconds();
    }
    Arrays.sort(times);
    return times[RUNS / 2];
  }
}
