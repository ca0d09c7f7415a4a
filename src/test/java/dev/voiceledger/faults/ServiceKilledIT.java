package dev.voiceledger.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.voiceledger.TestDatabase;
import dev.voiceledger.TestDatabases;
import dev.voiceledger.start.RunningService;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** W2: the service is killed with -9 while it takes webhooks and messages, and started again. */
class ServiceKilledIT {
  private static final int EVENTS = Scenario.pick(1_500, 10_000);
  private static final int ROOMS = Scenario.pick(75, 500);
  private static final int MESSAGES = Scenario.pick(40, 100);
  private static final int KILLS = Scenario.pick(2, 5);
  private static final int SENDERS = 16;

  /** In the short form of a machine that does much else. */
  private static final long READY_MS_MAX = Scenario.pick(60_000, 10_000);

  private final int port = RunningService.freePort();
  private final URI base = URI.create("http://localhost:" + port + "/");
  private final Map<String, String> settings =
      Map.of("PORT", Integer.toString(port), "RECONCILE_INTERVAL", "off");

  private final TestDatabase database = TestDatabases.on18().fresh();
  private final Mix mix = new Mix(Scenario.random("W2"), "w2.", EVENTS, ROOMS, MESSAGES);
  private final Couriers couriers = new Couriers(base);
  private final List<Long> readyMs = new ArrayList<>();

  /** Events that were acknowledged and not there when the service was dead. */
  private int unkept;

  @Test
  void nothing_that_was_acknowledged_is_missing() throws Exception {
    RunningService service = RunningService.start(database, settings);
    try {
      couriers.begin(mix.parcels(), SENDERS);
      for (int place : mix.places(KILLS)) {
        couriers.awaitDelivered(place);
        service.kill();
        unkept += mix.missing(database, Map.copyOf(couriers.acknowledged)).size();
        service = RunningService.start(database, settings);
        readyMs.add(service.startTime.toMillis());
      }
      couriers.end();
      sendAgain(List.copyOf(couriers.givenUp));
    } finally {
      service.close();
    }
    check();
  }

  /** So that the oracle, which knows of all events, can be asked. */
  private void sendAgain(List<Parcel> givenUp) throws Exception {
    Couriers late = new Couriers(base);
    late.begin(givenUp, SENDERS);
    late.end();
    assertEquals(0, late.givenUp.size(), "given up twice");
  }

  private void check() {
    List<String> missing = mix.missing(database, couriers.acknowledged);
    Scenario.says(
        "W2",
        "%s; %d kills of the service, ready again after %s ms; answers %s; %d given up;"
                .formatted(mix, KILLS, readyMs, couriers.answers, couriers.givenUp.size())
            + " of %d names acknowledged %d missing after a kill, %d at the end"
                .formatted(couriers.acknowledged.size(), unkept, missing.size()));
    assertEquals(List.of(), missing);
    assertEquals(0, unkept);
    mix.assertEqualsOracle(database);
    Scenario.says("W2", "all rows equal the oracle");
    readyMs.forEach(took -> assertTrue(took <= READY_MS_MAX, "ready after " + took + " ms"));
    assertTrue(!Scenario.full() || couriers.givenUp.isEmpty(), "given up: LiveKit loses these");
  }
}
