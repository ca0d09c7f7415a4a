package dev.voiceledger.history;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.voiceledger.FreshDatabase;
import dev.voiceledger.history.Api.Answer;
import dev.voiceledger.webhook.LiveKitSender;
import dev.voiceledger.webhook.Webhooks;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.SqlConnection;
import jakarta.inject.Inject;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * F5: no connection to be had, and more readers than may wait. Who is turned away is so at once,
 * LiveKit never. {@code -Doverload.seconds=300} for long.
 */
@QuarkusTest
@WithTestResource(FreshDatabase.class)
class OverloadTest {
  private static final int READERS = 160;
  private static final int SECONDS = Integer.getInteger("overload.seconds", 6);
  private static final long REFUSED_MS_MAX = 50;
  private static final long GROWN_BYTES_MAX = 50L * 1024 * 1024;

  @TestHTTPResource URI base;
  @Inject Pool pool;

  private final String ada = People.user(People.somebody());
  private volatile boolean over;
  private LiveKitSender livekit;
  private final Map<String, Integer> answers = new ConcurrentHashMap<>();

  private static long heap() {
    System.gc();
    Runtime runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }

  private void read() {
    Api api = new Api(base);
    while (!over) {
      Answer answer = api.get(ada, Api.CALLS);
      answers.merge(answer.status() + " " + answer.at("/detail"), 1, Integer::sum);
      if (answer.body().contains("under way")) {
        pause(); // while those who waited in vain come again at once, and keep the places taken
      }
    }
  }

  private static void pause() {
    try {
      TimeUnit.SECONDS.sleep(1); // as Retry-After has it
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void readers_are_turned_away_at_once_and_webhooks_are_taken() throws Exception {
    livekit = new LiveKitSender(base);
    new Api(base).get(ada, Api.CALLS).is(200);
    List<SqlConnection> slow = PoolSlotsTest.allOf(pool);
    long before = heap();
    try (ExecutorService readers = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < READERS; i++) {
        readers.submit(this::read);
      }
      try {
        lookOn(before);
      } finally {
        over = true;
        slow.forEach(SqlConnection::close);
      }
    }
    System.err.println("answers to readers: " + new TreeMap<>(answers));
    new Api(base).get(ada, Api.CALLS).is(200);
  }

  private boolean isShedding() {
    return answers.keySet().stream().anyMatch(answer -> answer.contains("under way"));
  }

  private void lookOn(long before) throws InterruptedException {
    long patience = System.nanoTime() + TimeUnit.MINUTES.toNanos(1);
    while (!isShedding()) {
      assertTrue(System.nanoTime() < patience, "nobody is turned away");
      TimeUnit.MILLISECONDS.sleep(20);
    }
    List<Long> refusedMs = new ArrayList<>();
    List<Long> takenMs = new ArrayList<>();
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
    for (int i = 0; System.nanoTime() < end; i++) {
      refusedMs.add(refusedMs());
      takenMs.add(takenMs(i));
      refusedMs.removeIf(ms -> ms < 0);
    }
    long grown = heap() - before;
    System.err.printf(
        "refused: %d, 1/4 within %d ms, 1/2 %d; webhooks: %d, 1/2 within %d ms; heap + %d MiB%n",
        refusedMs.size(),
        share(4, refusedMs),
        share(2, refusedMs),
        takenMs.size(),
        share(2, takenMs),
        grown >> 20);
    // Of some, for the machine may be busy with the readers of this test.
    assertTrue(share(4, refusedMs) < REFUSED_MS_MAX, refusedMs::toString);
    assertTrue(grown < GROWN_BYTES_MAX, "grown by " + grown);
  }

  /** How long it took to be turned away; -1 of one that was let in. */
  private long refusedMs() {
    long start = System.nanoTime();
    Answer answer = new Api(base).get(ada, Api.CALLS);
    if (!answer.body().contains("under way")) {
      return -1;
    }
    answer.is(503, "overloaded");
    assertEquals("1", answer.headers().firstValue("retry-after").orElse(null));
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
  }

  private long takenMs(int number) {
    long start = System.nanoTime();
    assertEquals(200, livekit.post(Webhooks.roomStarted("RM_over" + number, "over", 1, 1)));
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
  }

  /** Within which time the quickest, one of so many, were answered. */
  private static long share(int of, List<Long> all) {
    long[] sorted = all.stream().mapToLong(Long::longValue).sorted().toArray();
    assertTrue(sorted.length > 0, "none");
    return sorted[sorted.length / of];
  }
}
