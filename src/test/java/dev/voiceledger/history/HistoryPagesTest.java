package dev.voiceledger.history;

import static org.junit.jupiter.api.Assertions.assertEquals;
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
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Pages through 500 calls of three people, many of one second and one length, while calls come,
 * end, and are talked in: what was there at the beginning comes once each.
 */
@QuarkusTest
@WithTestResource(FreshDatabase.class)
@WithTestResource(LiveKitDouble.class)
class HistoryPagesTest {
  private static final int CALLS = 500;

  /** Owned by the reader, or the reader took part, or is invited; the last 50 are others' own. */
  private static final String MANY =
      """
      insert into voice_calls (user_id, title, room_name, status, started_at, connected_at,
        ended_at, invited_user_ids)
      select case when n % 3 = 0 then ?::uuid when n % 2 = 0 then ?::uuid else ?::uuid end,
        case when n > 500 then 'hidden' when n % 5 = 0 then 'moves' else 'steady' end, ?, 'pending',
        timestamptz '2026-05-01Z' + n / 7 * interval '1 s',
        timestamptz '2026-05-01Z' + n / 7 * interval '1 s',
        case when n % 5 > 0 or n % 2 = 0
          then timestamptz '2026-05-01Z' + (n / 7 + n / 50) * interval '1 s' end,
        case when n % 3 = 1 and n <= 500 then array[?::uuid] else '{}' end
      from generate_series(1, 550) n where n <= 500 or n % 3 > 0\
      """;

  private static final String TOOK_PART =
      """
      insert into call_participants (call_id, participant_sid, participant_identity, user_id,
        joined_at)
      select id, 'PA_1', ?, ?::uuid, connected_at from voice_calls
      where room_name = ? and title <> 'hidden' and user_id <> ?::uuid and invited_user_ids = '{}'\
      """;

  private static final String TALK =
      """
      insert into voice_messages (call_id, sequence_number, segment_id, role, content, tokens_used,
        cost_usd)
      select id, s, 's' || s, 'user', 'hello', s, 0.01
      from voice_calls, (select ?::int as s) n
      where room_name = ? and title = any (?::text[]) and abs(hashtext(id::text)) % 40 = s % 40\
      """;

  private static final String COME =
      """
      insert into voice_calls (user_id, title, room_name, started_at, connected_at, ended_at)
      select ?::uuid, 'new', ?, t, t, t + interval '5 s'
      from (select timestamptz '2026-05-01Z' + random() * interval '70 s' as t
        from generate_series(1, 3)) x\
      """;

  private static final String END =
      """
      update voice_calls set ended_at = connected_at + interval '9 s' where id in (select id
        from voice_calls where room_name = ? and title = 'moves' and ended_at is null limit 2)\
      """;

  @TestHTTPResource URI base;
  TestDatabase database;

  private final String reader = People.somebody();
  private final String room = "pages of " + reader;
  private volatile boolean over;
  private Thread others;
  private Throwable trouble;
  private Api api;

  @BeforeEach
  void begin() {
    api = new Api(base);
    String ben = People.somebody();
    String cleo = People.somebody();
    for (String user : List.of(reader, ben, cleo)) {
      Tables.write(database, "insert into users (id) values (?::uuid)", user);
    }
    Tables.write(database, MANY, reader, ben, cleo, room, reader);
    Tables.write(database, TOOK_PART, reader, reader, room, reader);
    for (int i = 0; i < 40; i += 4) {
      Tables.write(database, TALK, i, room, "{steady}");
    }
    awaitFigures();
    others = Thread.ofVirtual().start(this::goOn);
  }

  private void awaitFigures() {
    Instant late = Instant.now().plus(Duration.ofSeconds(10));
    while (!"0".equals(Tables.text(database, "select count(*) from call_figures_due"))) {
      assertTrue(Instant.now().isBefore(late), "figures are due after ten seconds");
    }
  }

  private void goOn() {
    try {
      for (int i = 1000; !over && i < 1300; i++) {
        Tables.write(database, COME, reader, room);
        Tables.write(database, END, room);
        Tables.write(database, TALK, i, room, "{moves,new}");
        Thread.sleep(10);
      }
    } catch (Exception | AssertionError e) {
      trouble = e;
    }
  }

  @AfterEach
  void end() throws Exception {
    over = true;
    others.join();
    assertEquals(null, trouble);
  }

  private List<String> pages(String token, String sort) {
    List<String> seen = new ArrayList<>();
    String address =
        Api.CALLS + "?limit=37&room_name=" + Api.encoded(room) + "&sort=" + sort + "&cursor=";
    String cursor = "";
    while (cursor != null) {
      Answer page = api.get(token, address + cursor).is(200);
      for (JsonNode call : page.json().get("data")) {
        seen.add(call.get("id").textValue());
      }
      cursor = page.at("/next_cursor");
      assertEquals(cursor != null, page.json().get("has_more").asBoolean());
    }
    return seen;
  }

  private List<String> ids(String condition) {
    return Tables.texts(
        database, "select id from voice_calls where room_name = ? and " + condition, room);
  }

  @ParameterizedTest
  @CsvSource({
    "started_at, false",
    "-started_at, false",
    "duration_seconds, false",
    "-total_tokens_used, false",
    "cost_usd, false",
    "-cost_usd, false",
    "started_at, true",
    "-started_at, true",
    "-duration_seconds, true",
    "total_tokens_used, true",
    "-cost_usd, true"
  })
  void nothing_is_skipped_and_nothing_comes_twice(String sort, boolean operator) {
    boolean byStart = sort.endsWith("started_at");
    String begun =
        byStart
            ? "title in ('steady', 'moves'" + (operator ? ", 'hidden')" : ")")
            : "title = 'steady'";
    Set<String> wanted = new HashSet<>(ids(begun));
    assertTrue(wanted.size() >= (byStart ? CALLS : CALLS * 4 / 5), "" + wanted.size());

    List<String> seen = pages(operator ? People.service() : People.user(reader), sort);

    if (byStart) {
      assertEquals(seen.size(), new HashSet<>(seen).size(), "each once, new ones too");
    }
    List<String> old = seen.stream().filter(wanted::contains).toList();
    assertEquals(wanted.size(), old.size(), "each once");
    assertEquals(wanted, new HashSet<>(old));
    if (!operator) {
      assertTrue(ids("title = 'hidden'").stream().noneMatch(seen::contains));
    }
  }
}
