package dev.voiceledger.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.voiceledger.TestDatabase;
import dev.voiceledger.TestDatabases;
import dev.voiceledger.history.Tables;
import dev.voiceledger.livekit.LiveKitDouble;
import dev.voiceledger.start.RunningService;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Two replicas on one database: each gets a half of everything, and the repeats of the other's; the
 * rows are as of one, readers of both hear the same, and one of them compares with LiveKit.
 */
class TwoReplicasIT {
  private static final int EVENTS = Scenario.pick(2_000, 10_000);
  private static final int ROOMS = Scenario.pick(100, 500);
  private static final int MESSAGES = Scenario.pick(40, 100);
  private static final int SENDERS = 32;
  private static final Duration PERIOD = Duration.ofSeconds(2);
  private static final int PERIODS = 5;

  /** Of a machine that does much else. */
  private static final long SLACK_MS = Scenario.pick(20_000, 3_000);

  private static final String PASSES = "voiceledger_reconciler_passes_total{result=\"done\"}";
  private static final String OPEN = "select count(*) from voice_calls where ended_at is null";
  private static final String GONE =
      "select count(*) from webhook_events where provider = 'reconciler' and event = 'room_gone'";

  private final TestDatabase database = TestDatabases.on18().fresh();
  private LiveKitDouble livekit;
  private List<RunningService> replicas;

  @BeforeEach
  void start() throws Exception {
    livekit = LiveKitDouble.started();
    livekit.answers(500, "");
    replicas = List.of(replica(), replica());
  }

  private RunningService replica() throws Exception {
    return RunningService.start(
        database,
        Map.of(
            "LIVEKIT_API_URL",
            livekit.url().toString(),
            "RECONCILE_INTERVAL",
            PERIOD.toSeconds() + "s"));
  }

  @AfterEach
  void stop() {
    replicas.forEach(RunningService::close);
    livekit.close();
  }

  private URI base(int replica) {
    return URI.create("http://localhost:" + replicas.get(replica).port + "/");
  }

  @Test
  void two_are_as_one() throws Exception {
    Random random = Scenario.random("two replicas");
    Mix mix = new Mix(random, "two.", EVENTS, ROOMS, MESSAGES);
    Map<String, Integer> sentTo = new ConcurrentHashMap<>();
    Couriers couriers =
        new Couriers(parcel ->
            base(
                sentTo.merge(
                    parcel.name(), parcel.name().hashCode() & 1, (last, first) -> 1 - last)));
    try (Hearing one = new Hearing(base(0));
        Hearing other = new Hearing(base(1))) {
      couriers.begin(mix.parcels(), SENDERS);
      couriers.end();
      assertEquals(0, couriers.givenUp.size(), couriers.answers::toString);
      assertEquals(List.of(), mix.missing(database, couriers.acknowledged));
      mix.assertEqualsOracle(database);
      int heard = one.assertAgrees(other, database);
      Scenario.says(
          "two replicas",
          "%s; groups %s; all rows equal the oracle; readers of both heard the same of %d rows"
              .formatted(mix, groups(), heard));
    }
    compares();
  }

  private List<Double> groups() {
    return replicas.stream()
        .map(one -> Metrics.of(one.port, "voiceledger_ledger_group_size_count"))
        .toList();
  }

  private List<Double> passes() {
    return replicas.stream().map(one -> Metrics.of(one.port, PASSES)).toList();
  }

  /** LiveKit lists nothing: each open call is found to be gone, once, by the same replica. */
  private void compares() throws Exception {
    String open = Tables.text(database, OPEN);
    assertNotEquals("0", open);
    livekit.works();
    await("all is closed", () -> Tables.text(database, OPEN).equals("0"));
    await("some passes", () -> passes().stream().mapToDouble(each -> each).sum() >= PERIODS);
    List<Double> passes = passes();
    int turn = passes.get(0) > 0 ? 0 : 1;
    assertEquals(0, passes.get(1 - turn), "one alone compares: " + passes);
    assertEquals(open, Tables.text(database, GONE), "each is found once");

    long killed = System.nanoTime();
    replicas.get(turn).kill();
    RunningService left = replicas.get(1 - turn);
    await("the other takes over", () -> Metrics.of(left.port, PASSES) > 0);
    long tookMs = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - killed);
    Scenario.says(
        "two replicas",
        "%s open calls found gone, each once; passes %s; the other took over after %d ms (period"
                .formatted(open, passes, tookMs)
            + " %d ms)".formatted(PERIOD.toMillis()));
    assertTrue(tookMs <= PERIOD.toMillis() + SLACK_MS, "took over after " + tookMs + " ms");
  }

  private static void await(String what, BooleanSupplier there) throws InterruptedException {
    long late = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (!there.getAsBoolean()) {
      assertTrue(System.nanoTime() < late, what);
      TimeUnit.MILLISECONDS.sleep(50);
    }
  }
}
