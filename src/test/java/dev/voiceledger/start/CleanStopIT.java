package dev.voiceledger.start;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.voiceledger.TestDatabase;
import dev.voiceledger.TestDatabases;
import dev.voiceledger.webhook.LiveKitSender;
import dev.voiceledger.webhook.Webhooks;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/**
 * F11: one of two replicas is stopped under load. Who looks at readiness, as load balancers do,
 * meets no failure; who does not may be refused, but what was acknowledged is there.
 */
class CleanStopIT {
  private static final int SENDERS = 3;
  private static final long LOAD_MS = 3_000;

  /** The delay, 10 s for what is open, 5 s for what is queued; and some for a busy machine. */
  private static final Duration EXIT_MAX = Duration.ofSeconds(28);

  private static final int TERMINATED = 128 + 15;
  private static final Map<String, String> DELAY = Map.of("QUARKUS_SHUTDOWN_DELAY", "8s");

  private final Set<String> acknowledged = ConcurrentHashMap.newKeySet();
  private final Map<String, Integer> balanced = new ConcurrentHashMap<>();
  private final Map<String, Integer> stubborn = new ConcurrentHashMap<>();
  private final AtomicInteger numbers = new AtomicInteger();
  private volatile boolean over;

  /** A replica as a load balancer knows it, which looks before it sends. */
  private static final class Replica {
    private final RunningService service;
    private final LiveKitSender livekit;
    private final HttpClient http = HttpClient.newHttpClient();
    private final HttpRequest probe;
    private volatile long fellAt;

    private Replica(RunningService service) {
      this.service = service;
      URI base = URI.create("http://127.0.0.1:" + service.port);
      this.livekit = new LiveKitSender(base);
      this.probe = HttpRequest.newBuilder(base.resolve("/q/health/ready")).build();
    }

    private boolean isReady() {
      boolean is;
      try {
        is = http.send(probe, BodyHandlers.discarding()).statusCode() == 200;
      } catch (Exception gone) {
        is = false;
      }
      if (!is && fellAt == 0) {
        fellAt = System.nanoTime();
      }
      return is;
    }
  }

  private static void pause(long ms) {
    try {
      TimeUnit.MILLISECONDS.sleep(ms);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void send(List<Replica> replicas, Map<String, Integer> answers) {
    for (int i = 0; !over; i++) {
      Replica one = replicas.get(i % replicas.size());
      if (replicas.size() > 1 && !one.isReady()) {
        pause(20);
        continue;
      }
      String id = "EV_stop_" + numbers.incrementAndGet();
      try {
        int status = one.livekit.post(Webhooks.roomStarted("RM_" + id, "stop", 1, 1).id(id));
        if (status == 200) {
          acknowledged.add(id);
        }
        answers.merge("" + status, 1, Integer::sum);
      } catch (IllegalStateException refused) {
        answers.merge(refused.getCause().getClass().getSimpleName(), 1, Integer::sum);
        pause(20);
      }
    }
  }

  @Test
  void a_replica_goes_and_comes_back() throws Exception {
    TestDatabase database = TestDatabases.on18().fresh();
    try (RunningService going = RunningService.start(database, DELAY);
        RunningService staying = RunningService.start(database, DELAY);
        ExecutorService threads = Executors.newCachedThreadPool()) {
      Replica one = new Replica(going);
      List<Replica> both = List.of(one, new Replica(staying));
      for (int i = 0; i < SENDERS; i++) {
        threads.submit(() -> send(both, balanced));
        threads.submit(() -> send(List.of(one), stubborn));
      }
      pause(LOAD_MS);
      goes(one);
      assertEquals(Set.of("200"), balanced.keySet(), "a client noticed");
      assertTrue(going.output().contains("stopping: unready now"), going.output());
    } finally {
      over = true;
    }
    assertOnDisk(database);
    comesBack(database);
  }

  private void goes(Replica one) throws InterruptedException {
    long asked = System.nanoTime();
    Process process = one.service.process;
    process.destroy();
    assertTrue(process.waitFor(60, TimeUnit.SECONDS), "it does not stop");
    Duration exit = Duration.ofNanos(System.nanoTime() - asked);
    pause(500);
    over = true;
    System.err.printf(
        "readiness fell after %d ms, exit %d after %d ms; balanced %s, stubborn %s%n",
        TimeUnit.NANOSECONDS.toMillis(one.fellAt - asked),
        process.exitValue(),
        exit.toMillis(),
        balanced,
        stubborn);
    assertEquals(TERMINATED, process.exitValue());
    assertTrue(exit.compareTo(EXIT_MAX) < 0, exit::toString);
  }

  private void assertOnDisk(TestDatabase database) throws SQLException {
    String sql = "select count(*), count(*) filter (where id = any (?)) from webhook_events";
    try (Connection connection = database.superuser();
        PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setArray(1, connection.createArrayOf("text", acknowledged.toArray()));
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        System.err.printf("acknowledged %d, kept %d%n", acknowledged.size(), row.getInt(1));
        assertEquals(acknowledged.size(), row.getInt(2), "acknowledged and not there");
      }
    }
  }

  private static void comesBack(TestDatabase database) throws Exception {
    long start = System.nanoTime();
    try (RunningService again = RunningService.start(database, DELAY)) {
      while (again.status("/q/health/ready") != 200) {
        pause(20);
      }
      long readyMs = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
      System.err.printf(
          "listens %d ms after its start, ready after %d%n", again.startTime.toMillis(), readyMs);
    }
  }
}
