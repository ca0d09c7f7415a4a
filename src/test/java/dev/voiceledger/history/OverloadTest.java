package dev.voiceledger.history;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.voiceledger.FreshDatabase;
import dev.voiceledger.history.Api.Answer;
import dev.voiceledger.livekit.LiveKitDouble;
import dev.voiceledger.webhook.LiveKitSender;
import dev.voiceledger.webhook.Webhooks;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
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
 * writers not yet, LiveKit never. Few may wait here, so that a busy machine brings as many all the
 * same. {@code -Doverload.seconds=300} for long.
 */
@QuarkusTest
@TestProfile(OverloadTest.FewPlaces.class)
@WithTestResource(FreshDatabase.class)
@WithTestResource(LiveKitDouble.class)
class OverloadTest {
  private static final int PLACES = 16;
  private static final int READERS = 60;
  private static final int REFUSED_MIN = 20;
  private static final int SECONDS = Integer.getInteger("overload.seconds", 6);
  private static final int WEBHOOKS_BEFORE = 50;
  private static final long REFUSED_MICROS_MAX = 50_000;
  private static final long GROWN_BYTES_MAX = 50L * 1024 * 1024;

  /** Of the webhooks' time with all readers and without any, and what a busy machine adds. */
  private static final int SLOWER_MAX = 10;

  private static final long BUSY_MICROS = 50_000;

  /** Reads that may be under way. */
  public static class FewPlaces implements QuarkusTestProfile {
    @Override
    public Map<String, String> getConfigOverrides() {
      return Map.of("voiceledger.requests.reads-max", "" + PLACES);
    }
  }

  @TestHTTPResource URI base;
  LiveKitDouble livekit;
  @Inject Pool pool;
  @Inject MeterRegistry metrics;

  private final String ada = People.user(People.somebody());
  private final Map<String, Integer> answers = new ConcurrentHashMap<>();
  private volatile boolean over;
  private Api api;
  private LiveKitSender sender;
  private int sent;

  private static long heap() {
    System.gc();
    Runtime runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }

  private static boolean isShed(Answer answer) {
    return answer.body().contains("under way");
  }

  private void read() {
    while (!over) {
      Answer answer = api.get(ada, Api.CALLS);
      answers.merge(answer.status() + " " + answer.at("/detail"), 1, Integer::sum);
      if (isShed(answer)) {
        pause(1_000); // as Retry-After has it; those who waited in vain keep the places taken
      }
    }
  }

  private static void pause(int ms) {
    try {
      TimeUnit.MILLISECONDS.sleep(ms);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private double shed(String kind) {
    return metrics.counter("voiceledger.requests.shed", "kind", kind).count();
  }

  private double shedOthers() {
    return shed("write") + shed("post") + shed("webhook");
  }

  @Test
  void readers_are_turned_away_at_once_writers_wait_and_webhooks_are_taken() throws Exception {
    livekit.works();
    api = new Api(base);
    sender = new LiveKitSender(base);
    double others = shedOthers();
    String call = api.made(ada, "{}").get("id").textValue();
    long quietMicros = quiet();
    List<SqlConnection> slow = PoolSlotsTest.allOf(pool);
    long before = heap();
    try (ExecutorService readers = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < READERS; i++) {
        readers.submit(this::read);
      }
      try {
        lookOn(call, quietMicros, before);
      } finally {
        over = true;
        slow.forEach(SqlConnection::close);
      }
    }
    System.err.println("answers to readers: " + new TreeMap<>(answers));
    api.get(ada, Api.CALLS).is(200);
    assertEquals(others, shedOthers(), "others than reads are shed");
  }

  /** The half within which webhooks are answered while nothing else happens. */
  private long quiet() {
    List<Long> micros = new ArrayList<>();
    for (int i = 0; i < WEBHOOKS_BEFORE; i++) {
      micros.add(takenMicros());
    }
    return share(2, micros.subList(WEBHOOKS_BEFORE / 2, WEBHOOKS_BEFORE));
  }

  private void lookOn(String call, long quietMicros, long before) {
    long patience = System.nanoTime() + TimeUnit.MINUTES.toNanos(1);
    awaitShedding(patience);
    api.patch(ada, call, "{\"title\":\"t\"}").is(503, "database-unavailable"); // it has waited
    List<Long> refused = new ArrayList<>();
    List<Long> taken = new ArrayList<>();
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
    while (System.nanoTime() < end || refused.size() < REFUSED_MIN) {
      assertTrue(
          System.nanoTime() < patience + TimeUnit.SECONDS.toNanos(SECONDS), refused::toString);
      addRefused(refused);
      taken.add(takenMicros());
    }
    long grown = heap() - before;
    System.err.printf(
        "refused: %d, 1/4 within %d us, 1/2 %d; webhooks: %d, 1/2 within %d us, in quiet %d;"
            + " heap + %d MiB%n",
        refused.size(),
        share(4, refused),
        share(2, refused),
        taken.size(),
        share(2, taken),
        quietMicros,
        grown >> 20);
    // Of some, for the machine may be busy with the readers of this test, and with others.
    assertTrue(share(4, refused) < REFUSED_MICROS_MAX, refused::toString);
    assertTrue(share(2, taken) < SLOWER_MAX * quietMicros + BUSY_MICROS, taken::toString);
    assertTrue(grown < GROWN_BYTES_MAX, "grown by " + grown);
  }

  private void awaitShedding(long patience) {
    double reads = shed("read");
    while (shed("read") == reads) {
      assertTrue(System.nanoTime() < patience, "nobody is turned away");
      pause(20);
    }
  }

  /** How long it took to be turned away; nothing of one that was let in. */
  private void addRefused(List<Long> refused) {
    long start = System.nanoTime();
    Answer answer = api.get(ada, Api.CALLS);
    if (isShed(answer)) {
      refused.add(TimeUnit.NANOSECONDS.toMicros(System.nanoTime() - start));
      answer.is(503, "overloaded");
      assertEquals("1", answer.headers().firstValue("retry-after").orElse(null));
    }
  }

  private long takenMicros() {
    long start = System.nanoTime();
    assertEquals(200, sender.post(Webhooks.roomStarted("RM_over" + sent++, "over", 1, 1)));
    return TimeUnit.NANOSECONDS.toMicros(System.nanoTime() - start);
  }

  /** Within which time the quickest, one of so many, were answered. */
  private static long share(int of, List<Long> all) {
    long[] sorted = all.stream().mapToLong(Long::longValue).sorted().toArray();
    assertTrue(sorted.length > 0, "none");
    return sorted[sorted.length / of];
  }
}
