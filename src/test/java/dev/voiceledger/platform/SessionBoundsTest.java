package dev.voiceledger.platform;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.voiceledger.BoundsSpy;
import dev.voiceledger.FreshDatabase;
import dev.voiceledger.TestDatabase;
import dev.voiceledger.history.Api;
import dev.voiceledger.history.People;
import dev.voiceledger.history.Tables;
import dev.voiceledger.webhook.LiveKitSender;
import dev.voiceledger.webhook.Webhooks;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import java.net.URI;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** No connection of the service's is without its bounds; behind a pooler, PoolerIT says so. */
@QuarkusTest
@WithTestResource(FreshDatabase.class)
class SessionBoundsTest {
  private static final int SECONDS_MAX = 60;

  /** Each has its place in {@link SessionSettings}; a further one wants bounds and a test. */
  private static final Set<String> KINDS =
      Set.of("voiceledger", "voiceledger-ledger", "voiceledger-live");

  private static final String CONNECTIONS =
      """
      select distinct application_name from pg_stat_activity
      where datname = current_database() and usename = 'voiceledger'
        and application_name not in ('PostgreSQL JDBC Driver', 'voiceledger-probe')\
      """;

  @TestHTTPResource URI base;
  TestDatabase database;

  @BeforeEach
  void begin() {
    BoundsSpy.on(database);
  }

  @AfterEach
  void end() {
    BoundsSpy.off(database);
  }

  @Test
  void every_kind_of_connection_has_its_own() throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS_MAX);
    LiveKitSender livekit = new LiveKitSender(base);
    assertEquals(200, livekit.post(Webhooks.roomStarted("RM_bounds", "bounds", 1, 1)));
    new Api(base)
        .post(
            People.service(),
            "/api/v1/voice/messages",
            "{\"session_id\":\"RM_bounds\",\"role\":\"user\",\"content\":\"x\"}")
        .is(201);
    List<String> seen = List.of();
    while (seen.size() < BoundsSpy.AS_STATED.size()) {
      assertTrue(System.nanoTime() < end, "seen is only " + seen);
      TimeUnit.MILLISECONDS.sleep(50);
      seen = BoundsSpy.seen(database);
    }
    assertEquals(BoundsSpy.AS_STATED, seen);
    assertEquals(KINDS, new HashSet<>(Tables.texts(database, CONNECTIONS)));
  }
}
