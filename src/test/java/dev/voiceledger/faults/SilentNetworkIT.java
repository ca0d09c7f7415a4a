package dev.voiceledger.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.voiceledger.DatabaseProxy;
import dev.voiceledger.TestDatabase;
import dev.voiceledger.TestDatabases;
import dev.voiceledger.start.RunningService;
import java.net.URI;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * F3: what is between the service and its database forgets their connections and tells nobody, or
 * resets them. Rows that a forgotten connection had locked stay so until PostgreSQL gives it up.
 */
class SilentNetworkIT {
  private static final String NAME = "F3";
  private static final long SILENT_MS = Scenario.pick(10_000, 60_000);
  private static final long RESETS_MS = Scenario.pick(4_000, 60_000);
  private static final int RESET_EVERY_MS = 300;
  private static final int EVENTS = Scenario.pick(600, 6_000);
  private static final int ROOMS = Scenario.pick(30, 300);
  private static final int MESSAGES = 20;
  private static final int SENDERS = 16;
  private static final int PEOPLE = 6;

  /** 5 s, and what a busy machine adds. */
  private static final long FAILS_MS_MAX = Scenario.pick(12_000, 5_500);

  private static final long USABLE_MS_MAX = Scenario.pick(15_000, 10_000);
  private static final long PROBE_MS_MAX = Scenario.pick(4_000, 2_000);
  private static final long NOTICED_MS_MAX = Scenario.pick(8_000, 5_000);

  private final TestDatabase database = TestDatabases.on18().fresh();

  @Test
  void what_is_forgotten_fails_in_time_and_the_pool_is_full_again() throws Exception {
    try (DatabaseProxy proxy = new DatabaseProxy(database.port());
        RunningService service = RunningService.start(proxy.to(database))) {
      URI base = BackendsTerminatedIT.base(service);
      Mix mix = new Mix(Scenario.random(NAME), "f3.", EVENTS, ROOMS, MESSAGES);
      Pace pace = new Pace(base, mix.parcels(), SILENT_MS);
      Couriers couriers = new Couriers(pace);
      couriers.begin(pace.parcels(), SENDERS);
      silence(proxy, service);
      deliverAll(NAME + " half-open", database, mix, pace, couriers, base);
    }
  }

  private void silence(DatabaseProxy proxy, RunningService service) throws Exception {
    URI base = BackendsTerminatedIT.base(service);
    try (Crowd crowd = new Crowd(base, PEOPLE);
        Probes probes = new Probes(base)) {
      crowd.begin();
      Crowd.pause(1_000);
      long silent = System.nanoTime();
      proxy.forget();
      long fell = probes.readyIs(503, silent, NOTICED_MS_MAX);
      Crowd.pause(SILENT_MS - TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - silent));
      long healed = System.nanoTime();
      proxy.heal();
      long usable = new Slots(database, base).usableAfter(healed, USABLE_MS_MAX + 60_000);
      long rose = probes.readyIs(200, healed, USABLE_MS_MAX);
      List<Tried> asked = crowd.end();
      List<Tried> meanwhile = asked.stream().filter(one -> one.within(silent, healed)).toList();
      List<Tried> probed = probes.all();
      Scenario.says(
          NAME,
          ("half-open for %d ms: asked meanwhile %s; not ready after %d ms, ready %d ms after,"
                  + " all slots usable %d ms after; probes %s")
              .formatted(
                  SILENT_MS, Tried.counts(meanwhile), fell, rose, usable, Tried.counts(probed)));
      Crowd.assertNoneWrong(asked, service);
      assertRefused(meanwhile, healed);
      assertTrue(usable <= USABLE_MS_MAX, usable + " ms");
      probes.assertInTimeAndAlive(PROBE_MS_MAX);
    }
  }

  private static void assertRefused(List<Tried> meanwhile, long healed) {
    List<Tried> inTheDark = meanwhile.stream().filter(one -> one.answeredBy(healed)).toList();
    assertTrue(inTheDark.size() >= PEOPLE, "few were asked");
    assertTrue(inTheDark.stream().allMatch(Tried::isRefused), Tried.counts(inTheDark));
    assertTrue(Tried.slowestMs(meanwhile) <= FAILS_MS_MAX, Tried.counts(meanwhile));
  }

  /** What was given up meanwhile comes after all, as from a reconciler; then all is there. */
  static void deliverAll(
      String name, TestDatabase database, Mix mix, Pace pace, Couriers couriers, URI base)
      throws Exception {
    couriers.end();
    Couriers late = new Couriers(base);
    late.begin(List.copyOf(couriers.givenUp), SENDERS);
    late.end();
    Scenario.says(
        name,
        "%s; %d not at the first try, %d given up and sent later, answers %s"
            .formatted(mix, pace.failedAtFirst(), couriers.givenUp.size(), couriers.answers));
    assertEquals(0, late.givenUp.size(), "given up twice");
    assertEquals(List.of(), mix.missing(database, couriers.acknowledged));
    mix.assertEqualsOracle(database);
    Scenario.says(name, "all rows equal the oracle");
  }

  @Test
  void resets_cost_no_slot() throws Exception {
    try (DatabaseProxy proxy = new DatabaseProxy(database.port());
        RunningService service = RunningService.start(proxy.to(database));
        Crowd crowd = new Crowd(BackendsTerminatedIT.base(service), PEOPLE)) {
      URI base = BackendsTerminatedIT.base(service);
      Mix mix = new Mix(Scenario.random(NAME + " reset"), "f3r.", EVENTS, ROOMS, MESSAGES);
      Pace pace = new Pace(base, mix.parcels(), RESETS_MS);
      Couriers couriers = new Couriers(pace);
      couriers.begin(pace.parcels(), SENDERS);
      crowd.begin();
      for (long left = RESETS_MS; left > 0; left -= RESET_EVERY_MS) {
        proxy.reset();
        Crowd.pause(RESET_EVERY_MS);
      }
      long usable =
          new Slots(database, base).usableAfter(System.nanoTime(), USABLE_MS_MAX + 60_000);
      List<Tried> asked = crowd.end();
      Scenario.says(
          NAME,
          "resets every %d ms: %s; all slots usable %d ms after"
              .formatted(RESET_EVERY_MS, Tried.counts(asked), usable));
      Crowd.assertNoneWrong(asked, service);
      assertTrue(Tried.slowestMs(asked) <= FAILS_MS_MAX, Tried.counts(asked));
      assertTrue(usable <= USABLE_MS_MAX, usable + " ms");
      deliverAll(NAME + " reset", database, mix, pace, couriers, base);
    }
  }
}
