package dev.voiceledger.search;

import static io.restassured.RestAssured.given;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.voiceledger.FreshDatabase;
import dev.voiceledger.TestDatabase;
import dev.voiceledger.history.Api;
import dev.voiceledger.history.People;
import dev.voiceledger.history.Tables;
import dev.voiceledger.livekit.LiveKitDouble;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import java.net.URI;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Words are written behind the ledger: how late, by whom, and of what was there before. */
@QuarkusTest
@WithTestResource(FreshDatabase.class)
@WithTestResource(LiveKitDouble.class)
class BehindTest {
  private static final String MESSAGES = "/api/v1/voice/messages";
  private static final int WRITERS = 16;
  private static final int MARKS = 8;
  private static final Duration LATE = Duration.ofSeconds(5);

  /** Of what was there before nothing is promised: all calls of all tests stand in one line. */
  private static final Duration REBUILT = Duration.ofSeconds(120);

  /** As if they had been there before there was a log: no trigger tells of them. */
  private static final String FROM_BEFORE =
      """
      set session_replication_role = replica;
      insert into voice_messages (call_id, sequence_number, segment_id, role, content)
      select '%s', n, n, 'user', case n when 700 then 'treasure' else 'word ' || n end
      from generate_series(1, 1000) n;
      reset session_replication_role\
      """;

  private static final String TAKE = "select count(*) from voiceledger.take_words_due(10)";

  /** Others' parts may be due as well. */
  private static final String TAKE_OWN =
      "select count(*) from voiceledger.take_words_due(1000) t where t.call_id = '%s'";

  @TestHTTPResource URI base;
  TestDatabase database;

  private final String ada = People.somebody();
  private Api api;
  private String call;

  @BeforeEach
  void begin() {
    api = new Api(base);
    call = api.made(People.user(ada), "{}").get("id").asText();
    // Others' tests may have said a great deal a moment ago.
    Instant late = Instant.now().plusSeconds(120);
    while (!"0".equals(Tables.text(database, "select voiceledger.words_lag_seconds()"))) {
      assertTrue(late.isAfter(Instant.now()), "the words of before are not done");
    }
  }

  private int post(String content) {
    String body = "{\"call_id\":\"%s\",\"role\":\"user\",\"content\":\"%s\"}";
    return api.post(People.service(), MESSAGES, body.formatted(call, content)).status();
  }

  private boolean finds(String q) {
    return api.get(People.user(ada), Api.CALLS + "?q=" + q).is(200).body().contains(call);
  }

  private Duration untilFound(String q) {
    return untilFound(q, LATE);
  }

  private Duration untilFound(String q, Duration within) {
    Instant begin = Instant.now();
    while (!finds(q)) {
      assertTrue(begin.plus(within).isAfter(Instant.now()), "not within " + within + ": " + q);
    }
    return Duration.between(begin, Instant.now());
  }

  @Test
  void while_many_write_nothing_is_found_later_than_promised() {
    AtomicBoolean over = new AtomicBoolean();
    List<Supplier<Integer>> all = new ArrayList<>();
    for (int w = 0; w < WRITERS; w++) {
      int writer = w;
      all.add(() -> {
        int posts = 0;
        while (!over.get()) {
          post("writer " + writer + " says a few words for the " + posts++ + "th time");
        }
        return posts;
      });
    }
    all.add(() -> {
      try {
        return longest();
      } finally {
        over.set(true);
      }
    });
    List<Integer> done = Api.atOnce(all);
    int posts = done.subList(0, WRITERS).stream().mapToInt(Integer::intValue).sum();
    System.err.println(
        posts + " posts meanwhile, found at the latest after " + done.getLast() + " ms");
    assertTrue(posts > WRITERS * MARKS, "hardly anybody wrote: " + posts);
    given()
        .get("/q/metrics")
        .then()
        .statusCode(200)
        .body(org.hamcrest.Matchers.containsString("voiceledger_search_lag_seconds"));
  }

  private int longest() {
    long longest = 0;
    for (int mark = 0; mark < MARKS; mark++) {
      assertEquals(201, post("marker" + mark));
      longest = Math.max(longest, untilFound("marker" + mark).toMillis());
    }
    return (int) longest;
  }

  @Test
  void what_was_said_before_there_was_a_search_is_found() {
    database.asSuperuser(FROM_BEFORE.formatted(call));
    assertTrue(!finds("treasure"));
    database.asSuperuser("select voiceledger.all_words_are_due()");
    untilFound("treasure", REBUILT);
    String pieces =
        "select count(*) from transcript_words where call_id = ?::uuid and words is not null";
    untilFound("999", REBUILT);
    assertEquals("16", Tables.text(database, pieces, call), "and goes to the index at once");
  }

  /** As many as are taken at a time, each with the most that is read of it. */
  private static final String HOSTILE =
      """
      insert into voice_messages (call_id, segment_id, role, content)
      select '%s', n, 'user', 'hostile a' || repeat(chr(769), 8180) || repeat(chr(803), 8180)
      from generate_series(1, 64) n\
      """;

  @Test
  void marks_without_end_hold_up_nobody() {
    database.asSuperuser(HOSTILE.formatted(call));
    untilFound("hostile");
    assertEquals(201, post("afterwards"));
    untilFound("afterwards");
    String lines =
        "select sum(cardinality(message_ids)) from transcript_words where call_id = ?::uuid";
    assertEquals("65", Tables.text(database, lines, call));
  }

  private static final String POISON =
      """
      create function poison() returns trigger language plpgsql as
        $$ begin raise exception 'poison'; end $$;
      create trigger poison before insert or update on transcript_words for each row
        when (new.call_id = '%s') execute function poison()\
      """;

  private static final String SOON =
      "update transcript_words_due set at = now() where call_id = ?::uuid";

  @Test
  void a_part_that_fails_holds_up_no_other() {
    database.asSuperuser(POISON.formatted(call));
    assertEquals(201, post("poison"));
    String poisoned = call;
    call = api.made(People.user(ada), "{}").get("id").asText();
    assertEquals(201, post("antidote"));
    untilFound("antidote");
    String off = "select count(*) from transcript_words_due where call_id = ?::uuid and at > now()";
    Instant late = Instant.now().plus(LATE);
    while (!"1".equals(Tables.text(database, off, poisoned))) {
      assertTrue(late.isAfter(Instant.now()), "it is not put off");
    }
    given()
        .get("/q/metrics")
        .then()
        .body(
            org.hamcrest.Matchers.matchesPattern(
                "(?s).*voiceledger_search_parts_failed_total\\S* [1-9].*"));
    database.asSuperuser("drop function poison cascade");
    Tables.write(database, SOON, poisoned);
    call = poisoned;
    untilFound("poison");
  }

  /** So two replicas never write a part in the wrong order, and who dies loses nothing. */
  @Test
  void one_takes_at_a_time_and_what_it_does_not_finish_is_taken_again() throws Exception {
    try (Connection dies = database.service();
        Statement statement = dies.createStatement()) {
      statement.execute("set role service_role");
      dies.setAutoCommit(false);
      statement.execute(
          "select pg_advisory_xact_lock(hashtextextended('voiceledger.transcript_words', 0))");
      assertEquals(201, post("phoenix"));
      String numbered = "select count(*) from voiceledger.number_changes(1000)";
      Tables.text(database, numbered);
      assertEquals("0", Tables.text(database, TAKE), "another has nothing to do");
      try (ResultSet row = statement.executeQuery(TAKE_OWN.formatted(call))) {
        row.next();
        assertEquals(1, row.getInt(1), "whoever is at it takes it");
      }
      dies.rollback();
    }
    untilFound("phoenix");
  }

  @Test
  void a_part_that_stopped_growing_goes_to_the_index() {
    assertEquals(201, post("sealed words"));
    untilFound("sealed");
    String open = "select words is null from transcript_words where call_id = ?::uuid";
    assertEquals("t", Tables.text(database, open, call));
    String quiet =
        "update transcript_words set changed_at = now() - interval '1 minute'"
            + " where call_id = ?::uuid";
    Tables.write(database, quiet, call);
    Instant late = Instant.now().plus(LATE);
    while (!"f".equals(Tables.text(database, open, call))) {
      assertTrue(late.isAfter(Instant.now()), "still open");
    }
    assertTrue(finds("sealed"));
    assertTrue(api.get(People.service(), Api.CALLS + "?q=sealed").body().contains(call));
    assertEquals(201, post("unsealed"));
    untilFound("unsealed");
  }
}
