package dev.voiceledger.history;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.voiceledger.FreshDatabase;
import dev.voiceledger.TestDatabase;
import dev.voiceledger.history.Api.Answer;
import dev.voiceledger.livekit.LiveKitDouble;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code GET /api/v1/calls}: every filter and sort, with calls that must and must not come. */
@QuarkusTest
@WithTestResource(FreshDatabase.class)
@WithTestResource(LiveKitDouble.class)
class HistoryTest {
  /**
   * Five calls, a minute apart: a waits, b is under way, c and e are over, d never began. By
   * duration, tokens and cost c and e stand in different orders.
   */
  private static final String FIVE =
      """
      insert into voice_calls (user_id, title, room_name, status, started_at, connected_at,
        ended_at, agent_name, metadata)
      select ?::uuid, t, r, s::call_status, timestamptz '2026-05-01 10:00Z' + m * interval '1 min',
        timestamptz '2026-05-01 10:00Z' + m * interval '1 min' + c * interval '1 s',
        timestamptz '2026-05-01 10:00Z' + m * interval '1 min' + e * interval '1 s', g, j::jsonb
      from (values
        ('a', 'room 1', 'pending', 0, null::int, null::int, null, '{"plan": "gold", "n": 5}'),
        ('b', 'room 2', 'active', 1, 0, null, 'guide', '{"plan": "gold", "n": "5", "b": true}'),
        ('c', 'room 2', 'completed', 2, 0, 60, 'guide', '{"plan": "iron", "b": "true", "n": 5.0}'),
        ('d', 'room 3', 'failed', 3, null, 10, 'scribe', '{}'),
        ('e', 'room 3', 'completed', 4, 0, 300, null, '{"a.b": "x", "plan": {"gold": 1}}'))
        x (t, r, s, m, c, e, g, j)\
      """;

  private static final String MESSAGES =
      """
      insert into voice_messages (call_id, sequence_number, segment_id, role, content, tokens_used,
        cost_usd)
      select c.id, 1, 's', 'user', 'hello', case c.title when 'c' then 900 else 100 end,
        case c.title when 'c' then 0.5 else 2.25 end
      from voice_calls c where c.user_id = ?::uuid and c.title in ('b', 'c', 'e')\
      """;

  @TestHTTPResource URI base;
  TestDatabase database;

  private final String ada = People.somebody();
  private Api api;

  @BeforeEach
  void begin() {
    api = new Api(base);
    Tables.write(database, "insert into users (id) values (?::uuid)", ada);
    Tables.write(database, FIVE, ada);
    Tables.write(database, MESSAGES, ada);
  }

  private Answer list(String query) {
    return api.get(People.user(ada), Api.CALLS + "?" + query);
  }

  private static String titles(Answer answer) {
    StringBuilder titles = new StringBuilder();
    for (JsonNode call : answer.is(200).json().get("data")) {
      titles.append(call.get("title").asText());
    }
    return titles.toString();
  }

  /** What is written behind the ledger comes within ten seconds. */
  private void awaitFigures(String titles) {
    Instant late = Instant.now().plus(Duration.ofSeconds(10));
    while (!titles(list("min_cost=0&sort=started_at")).equals(titles)) {
      assertTrue(Instant.now().isBefore(late), "no figures after ten seconds");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "'', edcba",
    "sort=-started_at, edcba",
    "sort=started_at, abcde",
    "status=pending, a",
    "'status=active,failed', db",
    "'status=pending,active,completed,failed', edcba",
    "agent=guide, cb",
    "agent=nobody, ''",
    "room_name=room%203, ed",
    "room_name=room, ''",
    "started_after=2026-05-01T10:02:00Z, ed",
    "started_before=2026-05-01T10:02:00Z, ba",
    "started_after=2026-05-01T12:00:59.999%2B02:00&started_before=2026-05-01T10:03:00.001Z, dcb",
    "min_duration=60, ec",
    "min_duration=61, e",
    "max_duration=60, c",
    "min_duration=60&max_duration=299, c",
    "metadata.plan=gold, ba",
    "metadata.n=5, cba",
    "metadata.b=true, cb",
    "metadata.a.b=x, e",
    "metadata.plan=gold&metadata.n=5&status=active, b",
    "metadata.plan=, ''",
    "limit=2, ed"
  })
  void filters_narrow_and_sorts_order(String query, String titles) {
    assertEquals(titles, titles(list(query)));
  }

  @Test
  void figures_of_ended_calls_follow_within_ten_seconds() {
    awaitFigures("cde");
    assertEquals("ecd", titles(list("sort=-duration_seconds")));
    assertEquals("dce", titles(list("sort=duration_seconds")));
    assertEquals("ced", titles(list("sort=-total_tokens_used")));
    assertEquals("dec", titles(list("sort=total_tokens_used")));
    assertEquals("ecd", titles(list("sort=-cost_usd")));
    assertEquals("dce", titles(list("sort=cost_usd")));
    assertEquals("ec", titles(list("min_cost=0.5")));
    assertEquals("e", titles(list("min_cost=0.500001")));
    assertEquals("dc", titles(list("max_cost=2.249999&sort=-started_at")));
    assertEquals("c", titles(list("min_cost=0.1&max_cost=1&sort=-cost_usd&status=completed")));
    Tables.write(
        database,
        "update voice_calls set ended_at = timestamptz '2026-05-01 11:00Z' where user_id = ?::uuid"
            + " and title = 'b'",
        ada);
    awaitFigures("bcde");
    assertEquals("becd", titles(list("sort=-duration_seconds")));
  }

  @Test
  void others_see_nothing_of_it_and_operators_all() {
    String query = Api.CALLS + "?user_id=" + ada;
    assertEquals("", titles(api.get(People.user(People.somebody()), query)));
    assertEquals("", titles(api.get(People.user(People.somebody()), Api.CALLS)));
    assertEquals("edcba", titles(api.get(People.admin(), query)));
    assertEquals("edcba", titles(api.get(People.service(), query)));
    assertEquals("ed", titles(api.get(People.service(), query + "&room_name=room%203")));
    assertEquals("edcba", titles(list("user_id=" + ada.toUpperCase())));
    assertEquals("", titles(list("user_id=" + People.somebody())));
    api.get(People.join("room 1", ada), Api.CALLS).is(403, "forbidden");
    api.get(null, Api.CALLS).is(401, "unauthorized");
  }

  @Test
  void who_took_part_and_who_is_invited_see_the_call_too() {
    String guest = People.somebody();
    Tables.write(
        database,
        "insert into call_participants (call_id, participant_sid, participant_identity, user_id,"
            + " joined_at) select id, 'PA_1', ?, ?::uuid, now() from voice_calls"
            + " where user_id = ?::uuid and title = 'b'",
        guest,
        guest,
        ada);
    Tables.write(
        database,
        "update voice_calls set invited_user_ids = array[?::uuid, null] where user_id = ?::uuid"
            + " and title = 'd'",
        guest,
        ada);
    Answer seen = api.get(People.user(guest), Api.CALLS);
    assertEquals("db", titles(seen));
    assertEquals("[\"" + guest + "\"]", seen.json().at("/data/0/invited_user_ids").toString());
    assertEquals("db", titles(api.get(People.user(guest), Api.CALLS + "?user_id=" + ada)));
  }

  @Test
  void a_total_counts_all_pages_on_each_of_them() {
    Answer first = list("limit=2&include_total=true&status=pending,active,completed");
    assertEquals("4", first.at("/total"));
    String cursor = first.at("/next_cursor");
    Answer second =
        list("limit=2&include_total=true&status=pending,active,completed&cursor=" + cursor);
    assertEquals("ba", titles(second));
    assertEquals("4", second.at("/total"));
    assertFalse(second.json().get("has_more").asBoolean());
    assertTrue(second.json().get("next_cursor").isNull(), second.body());
    assertFalse(list("").json().has("total"));
    awaitFigures("cde");
    assertEquals("2", list("sort=cost_usd&min_cost=0.1&limit=1&include_total=true").at("/total"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "limit=0",
        "limit=201",
        "limit=x",
        "limit=",
        "sort=title",
        "sort=--started_at",
        "sort=-",
        "status=lost",
        "status=",
        "status=pending%2C",
        "user_id=1-1-1-1-1",
        "started_after=soon",
        "started_before=2026-05-01",
        "min_duration=1.5",
        "max_duration=99999999999",
        "min_cost=NaN",
        "max_cost=1e99",
        "include_total=yes",
        "unknown=1",
        "Status=pending",
        "metadata=1",
        "offset=5",
        "cursor=%7F",
        "cursor=AAAA",
        "page=2",
        "q=",
        "q=%20",
        "q=%22%22",
        "q=...%25",
        "q=%EF%B8%8F",
        "q=a%20b%20c%20d%20e%20f%20g%20h%20i"
      })
  void what_cannot_be_taken_is_said(String query) {
    list(query).isWrong(query.substring(0, query.indexOf('=')));
  }
}
