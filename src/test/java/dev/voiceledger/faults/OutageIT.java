package dev.voiceledger.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.voiceledger.DatabaseProxy;
import dev.voiceledger.TestDatabase;
import dev.voiceledger.TestDatabases;
import dev.voiceledger.livekit.LiveKitDouble;
import dev.voiceledger.start.RunningService;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * W4: nothing gets through between LiveKit and the service, either way, for some time. Up to 14 s
 * LiveKit's own patience loses nothing; what it loses in more the reconciler puts right. In the
 * short form LiveKit's seconds, those of the outage included, last a fifth of one.
 */
class OutageIT {
  private static final Duration SECOND = Duration.ofMillis(Scenario.pick(200, 1_000));
  private static final Duration PERIOD = Duration.ofSeconds(Scenario.pick(2, 10));
  private static final int BEFORE = 5;
  private static final int AFTER = 3;
  private static final int PATIENCE = 14;
  private static final int LOSING = 20;
  private static final int ROOMS = 25;
  private static final long PAUSE_MS = 12;

  /** A pass that finds something missing is followed by another after half a period. */
  private static final int PASSES_OF_TWO_PERIODS = 4;

  private static final Duration SLACK = Duration.ofSeconds(2);
  private static final Duration WAIT_MAX = Duration.ofSeconds(90);
  private static final int POLL_MS = 50;

  private static TestDatabase database;
  private static LiveKitDouble livekit;
  private static RunningService service;
  private static DatabaseProxy network;
  private static Random random;

  /** In LiveKit's seconds; shorter ones need more room on a machine that does much else. */
  static IntStream outages() {
    return Scenario.full() ? IntStream.of(5, 14, 20, 60) : IntStream.of(10, 60);
  }

  @BeforeAll
  static void start() throws Exception {
    random = Scenario.random("W4");
    database = TestDatabases.on18().fresh();
    livekit = LiveKitDouble.started();
    Map<String, String> settings =
        Map.of(
            "LIVEKIT_API_URL",
            livekit.url().toString(),
            "RECONCILE_INTERVAL",
            PERIOD.toSeconds() + "s");
    service = RunningService.start(database, settings);
    network = new DatabaseProxy(service.port);
  }

  @AfterAll
  static void stop() {
    service.close();
    livekit.close();
  }

  @ParameterizedTest
  @MethodSource("outages")
  void nothing_is_lost_or_all_is_put_right(int seconds) throws Exception {
    URI base = URI.create("http://127.0.0.1:" + network.port() + "/");
    try (LiveKitNotifierDouble notifier = new LiveKitNotifierDouble(base, SECOND)) {
      Bustle bustle =
          new Bustle(
              livekit.rooms,
              notifier,
              random,
              "w4." + seconds + ".",
              ROOMS,
              seconds > PATIENCE,
              PAUSE_MS);
      Thread happening = Thread.ofPlatform().start(bustle);
      sleep(BEFORE);
      nothingGetsThrough(seconds);
      sleep(AFTER);
      bustle.end();
      happening.join();
      notifier.awaitIdle(WAIT_MAX);
      check(seconds, bustle, notifier, agree(bustle));
    }
  }

  private static void nothingGetsThrough(int seconds) throws InterruptedException {
    network.away();
    livekit.down();
    sleep(seconds);
    livekit.works();
    network.heal();
  }

  private static void sleep(int seconds) throws InterruptedException {
    Thread.sleep(SECOND.multipliedBy(seconds));
  }

  private static void check(
      int seconds, Bustle bustle, LiveKitNotifierDouble notifier, long tookMs) {
    Scenario.says(
        "W4",
        "an outage of %d s (seconds of %d ms): %d events, %s; %d things open; rows and LiveKit"
                .formatted(
                    seconds,
                    SECOND.toMillis(),
                    bustle.told().size(),
                    notifier,
                    bustle.open().size())
            + " agree %d ms after the last event; %d rooms of which nobody can know"
                .formatted(tookMs, bustle.unknown(database)));
    if (seconds <= PATIENCE) {
      assertEquals(0, notifier.lost(), notifier::toString);
      bustle.assertEqualsOracle(database);
    }
    if (seconds >= LOSING) {
      assertTrue(notifier.lost() > 0, "an outage that loses nothing shows nothing");
    }
    long max = PERIOD.multipliedBy(2).plus(SLACK).toMillis();
    assertTrue(!Scenario.full() || tookMs <= max, "agree after " + tookMs + " ms");
  }

  /** Rows and LiveKit say the same of what is open, after so many passes at the latest. */
  private static long agree(Bustle bustle) throws Exception {
    long start = System.nanoTime();
    double before = passes();
    SortedSet<String> open = bustle.open();
    while (true) {
      double done = passes() - before;
      SortedSet<String> rows = bustle.rows(database);
      long took = System.nanoTime() - start;
      if (rows.equals(open)) {
        return TimeUnit.NANOSECONDS.toMillis(took);
      }
      if (done >= PASSES_OF_TWO_PERIODS || took > WAIT_MAX.toNanos()) {
        SortedSet<String> missing = new TreeSet<>(open);
        missing.removeAll(rows);
        rows.removeAll(open);
        assertEquals("", "missing " + missing + ", open still " + rows);
      }
      TimeUnit.MILLISECONDS.sleep(POLL_MS);
    }
  }

  /** How often all was compared to the end. */
  private static double passes() {
    return Metrics.of(service.port, "voiceledger_reconciler_passes_total{result=\"done\"}");
  }
}
