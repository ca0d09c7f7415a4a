package dev.voiceledger.webhook;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.voiceledger.FreshDatabase;
import dev.voiceledger.TestDatabase;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.net.URI;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The same request again is a retry of LiveKit's, or somebody's who listened: it does nothing. */
@QuarkusTest
@TestProfile(Hostile.class)
@WithTestResource(FreshDatabase.class)
class WebhookReplayTest {
  private static final int TIMES = 1_000;
  private static final int AT_ONCE = 8;

  /** Which version of every row, not only what it says: an update to the same would show. */
  private static final String ROWS =
      "select coalesce(md5(string_agg(t.ctid || ' ' || t.xmin || ' ' || t::text, ';'"
          + " order by t.ctid)), '') || ' ' || count(*) from ";

  private static final String TABLES =
      "select format('%I.%I', schemaname, tablename) from pg_tables"
          + " where schemaname not in ('pg_catalog', 'information_schema')"
          + " and tablename <> 'flyway_schema_history'";

  TestDatabase database;

  @Inject TestClock clock;

  @TestHTTPResource URI base;

  @AfterEach
  void setTheClockRight() {
    clock.ahead(Duration.ZERO);
  }

  private static byte[] body() {
    long now = Instant.now().getEpochSecond();
    return Webhooks.participant(
            "participant_joined", "RM_replayed", "replayed", "PA_3", "hedy", now * 1000, now)
        .bytes();
  }

  @Test
  void the_same_request_a_thousand_times_is_200_each_time_and_changes_nothing() throws Exception {
    byte[] body = body();
    String token = LiveKitSender.sign(body);
    LiveKitSender livekit = new LiveKitSender(base);
    assertEquals(200, livekit.send(body, token).statusCode());
    Map<String, String> once = snapshot();
    try (Logs logs = new Logs();
        ExecutorService senders = Executors.newFixedThreadPool(AT_ONCE)) {
      List<Future<Integer>> answers =
          IntStream.range(0, TIMES)
              .mapToObj(time -> senders.submit(() -> livekit.send(body, token).statusCode()))
              .toList();
      for (Future<Integer> answer : answers) {
        assertEquals(200, answer.get());
      }
      logs.assertSilentOn(List.of(token, token.split("\\.")[2], "hedy"));
    }
    assertEquals(once, snapshot());
  }

  @Test
  void after_its_time_a_request_that_was_taken_is_401() {
    byte[] body = body();
    String token = LiveKitSender.sign(body); // good for 300 s
    LiveKitSender livekit = new LiveKitSender(base);
    assertEquals(200, livekit.send(body, token).statusCode());
    clock.ahead(Duration.ofSeconds(300 + 50));
    assertEquals(200, livekit.send(body, token).statusCode(), "within the leeway");
    clock.ahead(Duration.ofSeconds(300 + 61));
    Map<String, String> before = snapshot();
    assertEquals(401, livekit.send(body, token).statusCode());
    assertEquals(before, snapshot());
  }

  /** Every table with a digest of its rows. */
  private Map<String, String> snapshot() {
    Map<String, String> tables = new TreeMap<>();
    try (Connection connection = database.superuser();
        Statement statement = connection.createStatement()) {
      try (ResultSet names = statement.executeQuery(TABLES)) {
        while (names.next()) {
          tables.put(names.getString(1), null);
        }
      }
      for (Map.Entry<String, String> table : tables.entrySet()) {
        try (ResultSet digest = statement.executeQuery(ROWS + table.getKey() + " t")) {
          digest.next();
          table.setValue(digest.getString(1));
        }
      }
      return tables;
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }
}
