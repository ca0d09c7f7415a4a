package dev.voiceledger.ledger;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.voiceledger.FreshDatabase;
import dev.voiceledger.TestDatabase;
import dev.voiceledger.webhook.LiveKitSender;
import dev.voiceledger.webhook.Webhooks;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import java.net.URI;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A table that somebody has for a second and a half costs LiveKit time, but no second try. */
@QuarkusTest
@WithTestResource(FreshDatabase.class)
class LockedTableTest {
  private static final long HELD_MS = 1_500;
  private static final int SENDERS = 24;
  private static final int HELD_FOR_GOOD_MS = 4_000;

  TestDatabase database;

  @TestHTTPResource URI base;

  @ParameterizedTest
  @ValueSource(strings = {"voice_calls", "webhook_events", "call_changes_due"})
  void everybody_has_an_answer_when_it_is_free(String table) throws Exception {
    assertEquals(Collections.nCopies(SENDERS, 200), answers(table, HELD_MS));
  }

  /** Nobody is kept for longer than a webhook may take. */
  @Test
  void a_table_that_is_not_given_back_is_503() throws Exception {
    assertEquals(Collections.nCopies(SENDERS, 503), answers("voice_calls", HELD_FOR_GOOD_MS));
  }

  /** Now, for others of this database look for its oldest call. */
  private static Webhooks started(String sid) {
    long now = Instant.now().getEpochSecond();
    return Webhooks.roomStarted(sid, "locked", now * 1000, now);
  }

  /** What those are told that come one after the other while the table is held. */
  private List<Integer> answers(String table, long heldMs) throws Exception {
    LiveKitSender livekit = new LiveKitSender(base);
    livekit.post(started("RM_first_" + heldMs + table));
    try (ExecutorService senders = Executors.newVirtualThreadPerTaskExecutor();
        Connection other = database.superuser();
        Statement statement = other.createStatement()) {
      other.setAutoCommit(false);
      statement.execute("lock table " + table + " in access exclusive mode");
      long since = System.nanoTime();
      List<Future<Integer>> asked = new ArrayList<>();
      for (int i = 0; i < SENDERS; i++) {
        Webhooks event = started("RM_" + heldMs + table + i);
        asked.add(senders.submit((Callable<Integer>) () -> livekit.post(event)));
        TimeUnit.MILLISECONDS.sleep(20);
      }
      long heldNanos =
          System.nanoTime() - since; // so long it is held, however slow the senders were
      TimeUnit.NANOSECONDS.sleep(TimeUnit.MILLISECONDS.toNanos(heldMs) - heldNanos);
      other.commit();
      List<Integer> told = new ArrayList<>();
      for (Future<Integer> one : asked) {
        told.add(one.get());
      }
      return told;
    }
  }
}
