package dev.voiceledger.operate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.voiceledger.FreshDatabase;
import dev.voiceledger.TestDatabase;
import dev.voiceledger.history.Api;
import dev.voiceledger.history.People;
import dev.voiceledger.history.Tables;
import dev.voiceledger.webhook.KeysHeardNow;
import dev.voiceledger.webhook.LiveKitSender;
import dev.voiceledger.webhook.Webhooks;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import java.net.URI;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Predicate;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** {@code GET /api/v1/operations} and the metrics of the same. */
@QuarkusTest
@WithTestResource(FreshDatabase.class)
class OperationsTest {
  private static final String PATH = "/api/v1/operations";
  private static final int SECONDS_MAX = 30;

  TestDatabase database;

  @TestHTTPResource URI base;

  private Api api;
  private LiveKitSender livekit;

  @BeforeEach
  void begin() {
    api = new Api(base);
    livekit = new LiveKitSender(base);
  }

  private JsonNode seen() {
    return api.get(People.admin(), PATH).is(200).json();
  }

  /** Once it is so; fails where it does not become so. */
  private JsonNode seen(Predicate<JsonNode> so) throws InterruptedException {
    Instant until = Instant.now().plusSeconds(SECONDS_MAX);
    JsonNode last = seen();
    while (!so.test(last)) {
      assertTrue(Instant.now().isBefore(until), last.toString());
      Thread.sleep(50);
      last = seen();
    }
    return last;
  }

  @Test
  void it_is_for_admins_and_services_alone() {
    for (String token : List.of(People.admin(), People.service())) {
      api.get(token, PATH).is(200);
      api.send("HEAD", token, PATH, null).is(200);
    }
    api.get(People.user(People.somebody()), PATH).is(403, "forbidden");
    api.get(People.join("any room", "anybody"), PATH).is(403, "forbidden");
    for (String token : new String[] {null, "none", "a.b.c"}) {
      api.get(token, PATH).is(401, "unauthorized");
    }
    api.post(People.admin(), PATH, "{}").is(405, "method-not-allowed");
  }

  @Test
  void a_key_that_signed_a_webhook_was_heard() throws Exception {
    Instant before = Instant.now();
    long at = before.getEpochSecond();
    assertEquals(200, livekit.post(Webhooks.roomStarted("RM_heard", "heard", at * 1000, at)));

    JsonNode key = seen(it -> heardSince(it, before)).at("/livekit_keys/0");

    assertEquals(FreshDatabase.LIVEKIT_API_KEY, key.path("key").asText());
    assertTrue(
        Scrape.metric("voiceledger_webhook_key_last_heard_seconds{key=\"APItestsonly\"}") > 1e9);
  }

  /** Two clocks look at it, in whole milliseconds. */
  private static boolean heardSince(JsonNode seen, Instant since) {
    JsonNode heard = seen.at("/livekit_keys/0/last_heard_at");
    return !heard.isNull() && Instant.parse(heard.asText()).isAfter(since.minusMillis(100));
  }

  /** Who has caught a token and puts another body to it is not LiveKit. */
  @Test
  void a_token_of_another_body_is_no_sign_of_life() {
    byte[] signed = {'{', '}'};
    String before = lastHeard();

    int refused = livekit.send(new byte[] {'[', ']'}, LiveKitSender.sign(signed)).statusCode();

    assertEquals(401, refused);
    assertEquals(before, lastHeard());
    assertEquals(200, livekit.send(signed, LiveKitSender.sign(signed)).statusCode());
    assertNotEquals(before, lastHeard());
  }

  private String lastHeard() {
    KeysHeardNow.written();
    return Tables.text(database, "select max(last_heard_at) from livekit_keys_heard");
  }

  @Test
  void failed_events_and_findings_are_shown_newest_first() throws Throwable {
    int before = seen().at("/failed_events/count").asInt();
    for (String id : List.of("EV_odd1", "EV_odd2")) {
      Webhooks odd = Webhooks.event("room_started", "RM_odd", "odd", 0).id(id);
      odd.json().remove("createdAt");
      assertEquals(200, livekit.post(odd));
    }
    Tables.write(
        database,
        "insert into webhook_events (provider, id, event, room_sid, state, body)"
            + " values ('reconciler', 'RC_1', 'room_gone', 'RM_lost', 'applied', '{}')");

    JsonNode seen = seen();

    JsonNode failed = seen.path("failed_events");
    assertEquals(before + 2, failed.path("count").asInt());
    assertTrue(failed.path("count_is_whole").asBoolean());
    assertEquals("EV_odd2", failed.at("/newest/0/id").asText());
    assertEquals("createdAt is missing", failed.at("/newest/0/error").asText());
    assertEquals("room_gone", seen.at("/reconciled/0/event").asText());
    assertEquals("RM_lost", seen.at("/reconciled/0/room_sid").asText());
    assertEquals(before + 2, Scrape.metric("voiceledger_webhook_events_failed"));
  }

  @Test
  void open_and_settling_calls_are_counted_and_the_oldest_open_is_named() throws Throwable {
    long at = Instant.now().getEpochSecond() - 10_000;
    livekit.post(Webhooks.roomStarted("RM_oldest", "oldest", at * 1000, at));
    livekit.post(Webhooks.roomStarted("RM_over", "over", at * 1000, at));
    JsonNode before = seen().path("calls");
    livekit.post(Webhooks.roomFinished("RM_over", "over", at * 1000, at + 9_999));

    Tables.write(database, "insert into voice_calls (session_id) values ('somebody''s own')");
    Tables.write(
        database,
        "update voice_calls set started_at = now() - interval '9 days' where room_sid is null");

    JsonNode after = seen().path("calls");

    assertEquals(before.path("open").asInt() - 1, after.path("open").asInt());
    assertEquals(before.path("settling").asInt() + 1, after.path("settling").asInt());
    assertEquals("oldest", after.at("/oldest_open/room_name").asText());
    assertEquals("pending", after.at("/oldest_open/status").asText());
    double age = Scrape.metric("voiceledger_calls_open_oldest_seconds");
    assertTrue(age >= 10_000 && age < 10_000 + 600, age + " s");
    assertEquals(after.path("open").asInt(), Scrape.metric("voiceledger_calls_open"));
  }

  @Test
  void tables_replica_and_retention_are_told() throws Throwable {
    JsonNode seen = seen();
    List<String> tables = seen.path("tables").findValuesAsText("name");
    assertTrue(tables.containsAll(List.of("voice_calls", "webhook_events", "voice_messages")));
    assertTrue(seen.at("/tables/0/bytes").asLong() > 0);
    assertEquals(30, seen.at("/retention/raw_days").asInt());
    assertTrue(seen.at("/retention/calls_days").isNull());
    assertTrue(!seen.at("/replica/version").asText().isEmpty());
    assertTrue(seen.at("/replica/uptime_seconds").asLong() >= 0);
    assertEquals(8, seen.at("/replica/pool/size_max").asInt());
    assertTrue(Scrape.metric("voiceledger_table_bytes{table=\"voice_calls\"}") > 0);
  }

  /** What takes the connections is seen while it does, and not after it. */
  @Test
  void the_pool_tells_who_uses_it_and_who_waits() throws Exception {
    long at = Instant.now().getEpochSecond();
    livekit.post(Webhooks.roomStarted("RM_busy", "busy", at * 1000, at));
    try (Connection somebody = database.superuser();
        Statement holds = somebody.createStatement();
        ExecutorService askers = Executors.newFixedThreadPool(12)) {
      somebody.setAutoCommit(false);
      holds.execute("select from voice_calls where room_sid = 'RM_busy' for update");
      for (int i = 0; i < 6; i++) {
        askers.submit(() -> api.patch(People.service(), "RM_busy", "{\"title\":\"x\"}"));
      }
      seen(it -> uses(it, 6, 0));
      for (int i = 0; i < 6; i++) {
        askers.submit(() -> api.patch(People.service(), "RM_busy", "{\"title\":\"x\"}"));
      }
      somebody.rollback();
    }
    seen(it -> uses(it, 0, 0));
  }

  private static boolean uses(JsonNode seen, int inUse, int waiting) {
    JsonNode pool = seen.at("/replica/pool");
    return pool.path("in_use").asInt() == inUse && pool.path("waiting").asInt() == waiting;
  }
}
