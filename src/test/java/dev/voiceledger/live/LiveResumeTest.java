package dev.voiceledger.live;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.voiceledger.FreshDatabase;
import dev.voiceledger.TestDatabase;
import dev.voiceledger.history.Api;
import dev.voiceledger.history.People;
import dev.voiceledger.history.Tables;
import dev.voiceledger.live.Stream.Told;
import dev.voiceledger.livekit.LiveKitDouble;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who comes back with a number misses nothing, or is told to read all anew. */
@QuarkusTest
@WithTestResource(FreshDatabase.class)
@WithTestResource(LiveKitDouble.class)
class LiveResumeTest {
  private static final int CLIENTS = 100;

  @TestHTTPResource URI base;
  TestDatabase database;

  private final String owner = People.somebody();
  private Api api;
  private String id;

  @BeforeEach
  void begin() {
    api = new Api(base);
    id = api.made(People.user(owner), "{}").get("id").asText();
  }

  private void change(String title) {
    api.patch(People.user(owner), id, "{\"title\":\"" + title + "\"}").is(200);
  }

  /** Sees a change, with which this replica has all that was before it, and goes. */
  private String lastId(String title) {
    try (Stream stream = Stream.open(base, People.user(owner), Stream.ALL)) {
      change(title);
      stream.next("call", "title", title);
      return stream.lastId();
    }
  }

  @Test
  void what_happened_meanwhile_is_told_as_it_is_now() {
    String last = lastId("one");
    change("two");
    change("three");
    try (Stream stream = Stream.resume(base, People.user(owner), Stream.ALL, last)) {
      assertEquals(last, stream.next("the same id").id());
      for (Told told = stream.next("three"); !"three".equals(told.at("title")); ) {
        assertEquals("call", told.event());
        assertTrue(told.number() > Long.parseLong(last));
        told = stream.next("three");
      }
      change("four");
      stream.next("call", "title", "four");
    }
  }

  @Test
  void many_who_come_at_once_each_go_on_where_they_were() {
    List<String> numbers = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      numbers.add(lastId("before " + i));
    }
    change("last");
    List<Stream> streams = new ArrayList<>();
    for (int i = 0; i < CLIENTS; i++) {
      streams.add(
          Stream.resume(base, People.service(), Stream.of(id), numbers.get(i % numbers.size())));
    }
    for (Stream stream : streams) {
      long number = stream.next("where it was").number();
      Told told = stream.next("last");
      assertTrue(told.number() > number, told.toString());
      while (!"last".equals(told.at("title"))) {
        Told next = stream.next("last");
        assertTrue(next.number() > told.number(), next.toString());
        told = next;
      }
    }
    change("after");
    for (Stream stream : streams) {
      stream.next("call", "title", "after");
      stream.close();
    }
  }

  private void resetsOnce(String lastId) {
    try (Stream stream = Stream.resume(base, People.user(owner), Stream.ALL, lastId)) {
      Told first = stream.next("a reset");
      Told reset = first.event() == null ? stream.next("a reset") : first;
      assertEquals("reset", reset.event(), lastId);
      assertEquals("{}", reset.data());
      change("after the reset of " + lastId);
      Told told = stream.next("what comes then");
      assertEquals("call", told.event(), "one reset only");
      assertTrue(told.number() > reset.number());
    }
  }

  @Test
  void numbers_that_are_none_get_one_reset() {
    for (String lastId :
        new String[] {"x", "-1", "1e3", "99999999999999", "123456789012345678901"}) {
      resetsOnce(lastId);
    }
  }

  @Test
  void what_a_notice_says_is_not_believed() {
    try (Stream stream = Stream.open(base, People.user(owner), Stream.of(id))) {
      Tables.text(database, "select pg_notify('voiceledger_changes', '999999999999')");
      Tables.text(database, "select pg_notify('voiceledger_changes', 'x')");
      change("told all the same");
      assertEquals("call", stream.next("no reset").event());
    }
  }

  @Test
  void an_older_state_that_comes_back_gets_one_reset() {
    lastId("one");
    try (Stream stream = Stream.open(base, People.user(owner), Stream.of(id))) {
      Tables.write(
          database,
          "with gone as (delete from call_changes),"
              + " others as (update call_changes_consumers set last = 1)"
              + " update call_changes_position set last = 1");
      assertEquals(1, stream.next("reset", null, null).number());
      change("after");
      stream.next("call", "title", "after");
    }
  }

  @Test
  void too_far_behind_gets_one_reset() {
    String last = lastId("one");
    Tables.write(
        database,
        "insert into voice_calls (session_id) select 'far' || random() from generate_series(1, ?)",
        10_001);
    try (Stream stream = Stream.open(base, People.admin(), Stream.ALL)) {
      change("two");
      stream.next("call", "title", "two");
    }
    resetsOnce(last);
  }

  @Test
  void what_is_forgotten_gets_one_reset() {
    String last = lastId("one");
    change("two");
    String after = lastId("three");
    Tables.write(
        database, "delete from call_changes where last - cardinality(kinds) <= ?::bigint", last);
    Tables.write(
        database,
        "delete from call_changes where last <= (select min(last) from call_changes)"
            + " and (select count(*) from call_changes) > 1");
    resetsOnce(last);
    assertNull(noReset(after));
  }

  private String noReset(String lastId) {
    try (Stream stream = Stream.resume(base, People.user(owner), Stream.ALL, lastId)) {
      assertEquals(lastId, stream.next("where it was").id());
      change("still there");
      return "reset".equals(stream.next("on").event()) ? "reset" : null;
    }
  }

  @Test
  void a_person_who_was_away_during_an_erasure_reads_anew() {
    String last = lastId("one");
    api.delete(People.user(owner), id).is(200);
    id = api.made(People.user(owner), "{}").get("id").asText();
    try (Stream stream = Stream.resume(base, People.user(owner), Stream.ALL, last);
        Stream admin = Stream.resume(base, People.admin(), Stream.ALL, last)) {
      stream.next("reset", null, null);
      change("after");
      stream.next("call", "title", "after");
      admin.next("call", "erased", "true");
    }
  }
}
