package dev.voiceledger.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.voiceledger.DatabaseProxy;
import dev.voiceledger.TestDatabase;
import dev.voiceledger.TestDatabases;
import dev.voiceledger.start.RunningService;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** F2: the network between the service and its database is slow in one way after the other. */
class SlowNetworkIT {
  private static final String NAME = "F2";
  private static final long EACH_MS = Scenario.pick(4_000, 20_000);
  private static final int EVENTS = Scenario.pick(600, 6_000);
  private static final int ROOMS = Scenario.pick(30, 300);
  private static final int MESSAGES = 20;
  private static final int SENDERS = 16;
  private static final int PEOPLE = 4;

  /** What the service waits for the database at most, and what a busy machine adds. */
  private static final long ANSWER_MS_MAX = Scenario.pick(8_000, 6_000);

  private static final long RECOVERED_MS_MAX = Scenario.pick(6_000, 2_000);

  private enum Slow {
    /** There and back. */
    LATENCY_200_MS(proxy -> proxy.latency(100, 0)),
    JITTER(proxy -> proxy.latency(50, 100)),
    ONE_BYTE_AT_A_TIME(proxy -> proxy.slice(1)),
    BANDWIDTH_64_KB(proxy -> proxy.bandwidth(64_000));

    private final Consumer<DatabaseProxy> way;

    Slow(Consumer<DatabaseProxy> way) {
      this.way = way;
    }
  }

  @Test
  void nobody_waits_beyond_the_timeouts_and_it_is_over_when_it_is_over() throws Exception {
    TestDatabase database = TestDatabases.on18().fresh();
    Mix mix = new Mix(Scenario.random(NAME), "f2.", EVENTS, ROOMS, MESSAGES);
    try (DatabaseProxy proxy = new DatabaseProxy(database.port());
        RunningService service = RunningService.start(proxy.to(database))) {
      URI base = BackendsTerminatedIT.base(service);
      Pace pace = new Pace(base, mix.parcels(), EACH_MS * Slow.values().length);
      Couriers couriers = new Couriers(pace);
      couriers.begin(pace.parcels(), SENDERS);
      for (Slow slow : Slow.values()) {
        suffers(slow, proxy, service);
      }
      couriers.end();
      Scenario.says(
          NAME,
          "%s; %d not at the first try, %d given up, answers %s"
              .formatted(mix, pace.failedAtFirst(), couriers.givenUp.size(), couriers.answers));
      assertEquals(0, couriers.givenUp.size(), "given up");
      assertEquals(List.of(), mix.missing(database, couriers.acknowledged));
      mix.assertEqualsOracle(database);
      Scenario.says(NAME, "all rows equal the oracle");
    }
  }

  private static void suffers(Slow slow, DatabaseProxy proxy, RunningService service)
      throws Exception {
    try (Crowd crowd = new Crowd(BackendsTerminatedIT.base(service), PEOPLE)) {
      crowd.begin();
      slow.way.accept(proxy);
      Crowd.pause(EACH_MS);
      proxy.heal();
      long recovered = recoveredAfter(System.nanoTime(), crowd, service);
      List<Tried> asked = crowd.end();
      Scenario.says(
          NAME,
          "%s: %s; all is well %d ms after it".formatted(slow, Tried.counts(asked), recovered));
      Crowd.assertNoneWrong(asked, service);
      assertTrue(Tried.slowestMs(asked) <= ANSWER_MS_MAX, Tried.counts(asked));
      assertTrue(recovered <= RECOVERED_MS_MAX, recovered + " ms");
    }
  }

  /** Until everybody gets everything at once. */
  static long recoveredAfter(long since, Crowd crowd, RunningService service) throws IOException {
    List<Tried> all = new ArrayList<>();
    do {
      Crowd.pause(20);
      all.clear();
      all.addAll(crowd.all());
      Crowd.assertNoneWrong(all, service);
      assertTrue(System.nanoTime() - since < TimeUnit.MINUTES.toNanos(1), "it does not recover");
    } while (all.stream().anyMatch(Tried::isRefused));
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - since);
  }
}
