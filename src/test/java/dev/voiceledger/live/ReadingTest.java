package dev.voiceledger.live;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.voiceledger.FreshDatabase;
import dev.voiceledger.TestDatabase;
import dev.voiceledger.access.Caller;
import dev.voiceledger.history.Tables;
import dev.voiceledger.livekit.LiveKitDouble;
import dev.voiceledger.platform.DirectDatabase;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.vertx.core.Vertx;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** However much changed, so much of it is in memory and no more; and no row spoils the others. */
@QuarkusTest
@WithTestResource(FreshDatabase.class)
@WithTestResource(LiveKitDouble.class)
class ReadingTest {
  private static final int LARGE = 700_000;
  private static final int SLICE_BYTES_MAX = 5 * 1024 * 1024;

  private static final String WRITE =
      """
      insert into voice_messages (call_id, role, content)
      select c.id, 'user', repeat('x', ?::int) from voice_calls c, generate_series(1, ?::int)
      where c.session_id = 'read'\
      """;

  @Inject Vertx vertx;
  @Inject DirectDatabase direct;
  @Inject ObjectMapper json;
  TestDatabase database;

  private final Cohort cohort = new Cohort();

  @BeforeEach
  void begin() {
    Tables.write(database, "delete from voice_calls where session_id = 'read'");
    Tables.write(database, "insert into voice_calls (session_id) values ('read')");
    cohort.add(new Reader(new Caller("service_role", "{}", null, false, null), null, null, null));
    cohort.cursor(last());
  }

  /** Others use this database, and no row like that is in theirs. */
  @AfterEach
  void clean() {
    Tables.write(
        database,
        "set session_replication_role = replica;"
            + " delete from voice_messages where cost_usd = 'NaN'");
    Tables.write(
        database,
        "alter table voice_messages"
            + " drop constraint if exists voice_messages_cost_usd_is_a_number,"
            + " add constraint voice_messages_cost_usd_is_a_number check (cost_usd <> 'NaN')");
  }

  private long last() {
    Tables.text(database, "select last from voiceledger.number_changes(100000)");
    return Long.parseLong(Tables.text(database, "select last from call_changes_position"));
  }

  /** All up to the last number, as it is read for a cohort. */
  private List<News> read() throws Exception {
    long last = last();
    List<News> all = new ArrayList<>();
    LiveConnection connection =
        LiveConnection.open(vertx, LiveConnection.Way.of(direct), () -> {})
            .toCompletionStage()
            .toCompletableFuture()
            .get(10, TimeUnit.SECONDS);
    while (cohort.cursor() < last) {
      News news =
          connection
              .news(cohort, 500, json)
              .toCompletionStage()
              .toCompletableFuture()
              .get(10, TimeUnit.SECONDS);
      assertTrue(news.changes().cursor() > cohort.cursor(), "it goes on");
      cohort.cursor(news.changes().cursor());
      all.add(news);
    }
    connection.close();
    return all;
  }

  private static List<Event> events(List<News> all, String kind) {
    return all.stream()
        .flatMap(news -> news.events().stream())
        .filter(event -> event.bytes().toString().contains("event: " + kind + "\n"))
        .toList();
  }

  @Test
  void a_piece_has_so_many_bytes() throws Exception {
    Tables.write(database, WRITE, LARGE, 20);
    List<News> all = read();
    for (News news : all) {
      long bytes = news.events().stream().mapToLong(event -> event.bytes().length()).sum();
      assertTrue(bytes < SLICE_BYTES_MAX, bytes + " at once");
    }
    assertEquals(20, events(all, "message").size(), "and nothing is left out");
  }

  @Test
  void what_cannot_be_told_is_a_reset_alone() throws Exception {
    Tables.write(
        database,
        "alter table voice_messages drop constraint if exists voice_messages_cost_usd_is_a_number");
    Tables.write(database, WRITE, 10, 3);
    Tables.write(
        database,
        "set session_replication_role = replica; update voice_messages"
            + " set cost_usd = 'NaN' where id = (select min(m.id::text)::uuid"
            + " from voice_messages m join voice_calls c on c.id = m.call_id"
            + " where c.session_id = 'read')");
    Tables.write(database, WRITE, Event.BYTES_MAX, 1);
    List<News> all = read();
    assertEquals(2, events(all, "message").size());
    assertTrue(events(all, "reset").size() >= 2, "the one that is no number and the long one");
  }

  @Test
  void who_was_reset_is_judged_anew() {
    Reader reader = cohort.all().getFirst();
    reader.after(9);
    reader.markJudged();
    reader.restart(5);
    assertFalse(reader.judged());
    assertEquals(5, reader.after());
  }
}
