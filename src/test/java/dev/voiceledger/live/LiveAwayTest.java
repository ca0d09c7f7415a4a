package dev.voiceledger.live;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.voiceledger.DatabaseProxy;
import dev.voiceledger.ProxiedDatabase;
import dev.voiceledger.TestDatabase;
import dev.voiceledger.history.Api;
import dev.voiceledger.history.People;
import dev.voiceledger.history.Tables;
import dev.voiceledger.livekit.LiveKitDouble;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import java.net.URI;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The database goes and comes back: streams stay open, and nothing of what happened is missed. */
@QuarkusTest
@WithTestResource(ProxiedDatabase.class)
@WithTestResource(LiveKitDouble.class)
class LiveAwayTest {
  private static final String LINES =
      "select count(*) from pg_stat_activity where application_name = 'voiceledger-live'"
          + " and datname = current_database()";

  @TestHTTPResource URI base;
  TestDatabase database;
  DatabaseProxy proxy;

  @Test
  void streams_go_on_when_the_database_comes_back() {
    String owner = People.somebody();
    String id = new Api(base).made(People.user(owner), "{}").get("id").asText();
    try (Stream mine = Stream.open(base, People.user(owner), Stream.ALL);
        Stream all = Stream.open(base, People.admin(), Stream.ALL)) {
      for (int i = 0; i < 3; i++) {
        proxy.away();
        for (int change = 0; change < 5; change++) {
          write(id, "away " + i + " " + change);
        }
        proxy.heal();
        mine.next("call", "title", "away " + i + " 4");
        proxy.cut();
        write(id, "cut " + i);
        mine.next("call", "title", "cut " + i);
        all.next("call", "title", "cut " + i);
        Tables.texts(
            database,
            "select pg_terminate_backend(pid) from pg_stat_activity"
                + " where application_name = 'voiceledger-live' and datname = current_database()");
        write(id, "killed " + i);
        mine.next("call", "title", "killed " + i);
        all.next("call", "title", "killed " + i);
      }
      assertEquals("1", Tables.text(database, LINES), "a replica keeps one connection");
    }
  }

  @Test
  void nobody_begins_without_a_position() {
    proxy.away();
    Stream late = Stream.resume(base, People.service(), Stream.ALL, "1");
    assertEquals(503, late.opened().statusCode());
    proxy.heal();
  }

  /** A connection is there, but nothing can be had by it. */
  @Test
  void nobody_begins_where_nothing_is_numbered() throws Exception {
    rename("number_changes(integer)", "numbers_none");
    awaitStatus(503);
    rename("numbers_none(integer)", "number_changes");
    awaitStatus(200);
  }

  private void rename(String from, String to) {
    Tables.write(database, "alter function voiceledger.%s rename to %s".formatted(from, to));
  }

  private void awaitStatus(int status) throws InterruptedException {
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    for (int found = 0; found != status; Thread.sleep(50)) {
      assertTrue(System.nanoTime() < until, "comes: " + status + ", not " + found);
      try (Stream stream = Stream.begin(base, People.service(), Stream.ALL, null, null)) {
        found = stream.opened().statusCode();
      }
    }
  }

  private void write(String id, String title) {
    Tables.write(database, "update voice_calls set title = ? where id = ?::uuid", title, id);
  }
}
