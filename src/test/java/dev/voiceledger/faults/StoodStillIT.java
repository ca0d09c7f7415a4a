package dev.voiceledger.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.voiceledger.TestDatabase;
import dev.voiceledger.TestDatabases;
import dev.voiceledger.start.RunningService;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * A process that stands still for seconds, as one does whose machine is moved or whose share of the
 * processor is used up, again and again under load: all of its timers are late at once. Nothing
 * that is its own doing is taken for the network's, and no connection of the pool is lost.
 */
class StoodStillIT {
  private static final String NAME = "standing still";
  private static final int TIMES = Scenario.pick(3, 20);
  private static final int STILL_MS = 7_000;
  private static final int RUNS_MS = 1_500;
  private static final int EVENTS = Scenario.pick(400, 3_000);
  private static final int ROOMS = Scenario.pick(20, 150);
  private static final int MESSAGES = 20;
  private static final int SENDERS = 16;

  /** Enough for some of them to wait for a connection whenever it stops. */
  private static final int PEOPLE = 40;

  private static final long USABLE_MS_MAX = Scenario.pick(20_000, 10_000);

  @Test
  void nothing_is_lost_and_nothing_is_cut() throws Exception {
    TestDatabase database = TestDatabases.on18().fresh();
    try (RunningService service = RunningService.start(database)) {
      URI base = BackendsTerminatedIT.base(service);
      Mix mix = new Mix(Scenario.random(NAME), "still.", EVENTS, ROOMS, MESSAGES);
      Pace pace = new Pace(base, mix.parcels(), (long) TIMES * (STILL_MS + RUNS_MS));
      Couriers couriers = new Couriers(pace);
      couriers.begin(pace.parcels(), SENDERS);
      standStill(service, base);
      long usable =
          new Slots(database, base).usableAfter(System.nanoTime(), USABLE_MS_MAX + 60_000);
      Scenario.says(NAME, "all %d slots usable after %d ms".formatted(Slots.ALL, usable));
      assertTrue(usable <= USABLE_MS_MAX, usable + " ms");
      List<String> cut =
          service.output().lines().filter(line -> line.contains("has been silent")).toList();
      assertEquals(List.of(), cut, "the silence was its own");
      SilentNetworkIT.deliverAll(NAME, database, mix, pace, couriers, base);
    }
  }

  private static void standStill(RunningService service, URI base) throws Exception {
    try (Crowd crowd = new Crowd(base, PEOPLE)) {
      crowd.begin();
      for (int i = 0; i < TIMES; i++) {
        Crowd.pause(RUNS_MS);
        signal(service, "STOP");
        Crowd.pause(STILL_MS);
        signal(service, "CONT");
      }
      Crowd.pause(RUNS_MS);
      List<Tried> asked = crowd.end();
      Scenario.says(NAME, "%d times: %s".formatted(TIMES, Tried.counts(asked)));
      Crowd.assertNoneWrong(asked, service);
    }
  }

  private static void signal(RunningService service, String name)
      throws IOException, InterruptedException {
    Process kill = new ProcessBuilder("kill", "-" + name, service.process.pid() + "").start();
    assertTrue(kill.waitFor(10, TimeUnit.SECONDS));
    assertEquals(0, kill.exitValue());
  }
}
