package dev.voiceledger.ledger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.voiceledger.DatabaseProxy;
import dev.voiceledger.ProxiedDatabase;
import dev.voiceledger.ledger.Entry.State;
import dev.voiceledger.webhook.LiveKitSender;
import dev.voiceledger.webhook.Webhooks;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.vertx.core.Future;
import jakarta.inject.Inject;
import java.net.URI;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What is more than the queue takes is turned away at once, and nobody waits for ever. */
@QuarkusTest
@WithTestResource(ProxiedDatabase.class)
class FullQueueTest {
  private static final int MORE_THAN_FITS = 3 * (Lane.QUEUE_MAX + Lane.GROUP_MAX);
  private static final long AT_ONCE_MS = 500;
  private static final long ANSWERED_MS_MAX = 6_000;

  @Inject Ledger ledger;
  DatabaseProxy proxy;

  @TestHTTPResource URI base;

  @Test
  void a_full_queue_is_503_at_once_and_everybody_is_answered_in_time() throws Exception {
    LiveKitSender livekit = new LiveKitSender(base);
    assertEquals(200, livekit.post(Webhooks.event("before", "RM_full", "full", 1)));
    proxy.stall();
    long start = System.nanoTime();
    List<Future<Outcome>> waiting = offer("full", MORE_THAN_FITS);
    assertTrue(ledger.depth() <= 2 * Lane.QUEUE_MAX, () -> ledger.depth() + " wait");

    byte[] body = Webhooks.event("too_many", "RM_full", "full", 1).bytes();
    long asked = System.nanoTime();
    HttpResponse<String> answer = livekit.send(body, LiveKitSender.sign(body));
    assertTrue(ms(asked) < AT_ONCE_MS, () -> ms(asked) + " ms");
    assertEquals(503, answer.statusCode());
    assertTrue(answer.body().contains("urn:voiceledger:problem:overloaded"), answer::body);
    assertTrue(answer.headers().firstValue("Retry-After").isEmpty());

    for (Future<Outcome> one : waiting) {
      one.otherwiseEmpty().toCompletionStage().toCompletableFuture().get(9, TimeUnit.SECONDS);
    }
    assertTrue(ms(start) < ANSWERED_MS_MAX, () -> ms(start) + " ms");
    assertTrue(waiting.stream().noneMatch(Future::succeeded));
    proxy.heal();
    recovers(livekit);
    assertEquals(0, ledger.depth());
  }

  private List<Future<Outcome>> offer(String prefix, int count) {
    List<Future<Outcome>> all = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      Entry.Inbox row =
          new Entry.Inbox(
              "livekit", prefix + i, "full", null, null, State.ignored, null, null, new byte[0]);
      all.add(ledger.admit(new Entry(row, null, null, null)));
    }
    return all;
  }

  private static void recovers(LiveKitSender livekit) throws InterruptedException {
    long start = System.nanoTime();
    for (int i = 0; i < 8; i++) {
      while (livekit.post(Webhooks.event("after", "RM_full" + i, "full", 1)) != 200) {
        assertTrue(ms(start) < 2_000, "not back after 2 s");
        Thread.sleep(50);
      }
    }
  }

  private static long ms(long since) {
    return (System.nanoTime() - since) / 1_000_000;
  }
}
