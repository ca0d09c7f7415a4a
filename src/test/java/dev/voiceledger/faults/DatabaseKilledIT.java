package dev.voiceledger.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.voiceledger.TestDatabase;
import dev.voiceledger.start.RunningService;
import dev.voiceledger.webhook.LiveKitSender;
import dev.voiceledger.webhook.Webhooks;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** W3: PostgreSQL is killed with -9, all of it, while the service writes; the service stays. */
class DatabaseKilledIT {
  private static final int EVENTS = Scenario.pick(1_500, 10_000);
  private static final int ROOMS = Scenario.pick(75, 500);
  private static final int MESSAGES = Scenario.pick(40, 100);
  private static final int KILLS = Scenario.pick(2, 5);
  private static final int SENDERS = 16;
  private static final int AWAY_MS_MAX = 2_000;

  /** In the short form of a machine that does much else. */
  private static final long RECOVERED_MS_MAX = Scenario.pick(30_000, 5_000);

  private static final long RECOVERED_MS_LATEST = 60_000;
  private static final int POLL_MILLIS = 10;

  private int killed;
  private final List<Long> startedMs = new ArrayList<>();
  private final List<Long> recoveredMs = new ArrayList<>();

  @Test
  void the_service_goes_on_when_the_database_is_back_and_nothing_is_missing() throws Exception {
    Random random = Scenario.random("W3");
    Mix mix = new Mix(random, "w3.", EVENTS, ROOMS, MESSAGES);
    try (OwnPostgres postgres = new OwnPostgres()) {
      TestDatabase database = postgres.database();
      try (RunningService service =
          RunningService.start(database, Map.of("RECONCILE_INTERVAL", "off"))) {
        URI base = URI.create("http://localhost:" + service.port + "/");
        Couriers couriers = new Couriers(base);
        couriers.begin(mix.parcels(), SENDERS);
        for (int place : mix.places(KILLS)) {
          couriers.awaitDelivered(place);
          killed += postgres.kill();
          TimeUnit.MILLISECONDS.sleep(random.nextInt(AWAY_MS_MAX));
          startedMs.add(postgres.start().toMillis());
          recoveredMs.add(recovery(base));
        }
        couriers.end();
        check(mix, database, couriers);
      }
    }
  }

  /** How long until a webhook is taken. */
  private static long recovery(URI base) throws Exception {
    LiveKitSender livekit = new LiveKitSender(base);
    long back = System.nanoTime();
    long tookMs;
    Webhooks event;
    do {
      TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
      event = Webhooks.roomStarted("RM_probe", "probe", 1_790_000_000_000L, 1_790_000_000L);
      tookMs = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - back);
      assertTrue(tookMs < RECOVERED_MS_LATEST, "the service does not recover");
    } while (livekit.post(event) != 200);
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - back);
  }

  private void check(Mix mix, TestDatabase database, Couriers couriers) {
    List<String> missing = mix.missing(database, couriers.acknowledged);
    Scenario.says(
        "W3",
        "%s; %d kills of PostgreSQL, %d processes, started again in %s ms,"
                .formatted(mix, KILLS, killed, startedMs)
            + " webhooks taken after another %s ms;".formatted(recoveredMs)
            + " answers %s; %d given up; of %d names acknowledged %d missing"
                .formatted(
                    couriers.answers,
                    couriers.givenUp.size(),
                    couriers.acknowledged.size(),
                    missing.size()));
    assertEquals(List.of(), missing);
    assertEquals(0, couriers.givenUp.size(), "given up: LiveKit loses these");
    mix.assertEqualsOracle(database);
    Scenario.says("W3", "all rows equal the oracle");
    recoveredMs.forEach(took -> assertTrue(took <= RECOVERED_MS_MAX, "after " + took + " ms"));
  }
}
