package dev.voiceledger.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.voiceledger.DatabaseProxy;
import dev.voiceledger.TestDatabase;
import dev.voiceledger.TestDatabases;
import dev.voiceledger.history.Api;
import dev.voiceledger.load.Load;
import dev.voiceledger.load.Phase;
import dev.voiceledger.load.Shot.Kind;
import dev.voiceledger.start.RunningService;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * RELIABILITY Z3: half of what it can do, for an hour ({@code faults.soak}, minutes), while one
 * trouble after the other comes over its database: in the end every row is the oracle's, and it
 * takes no more than in the beginning. The short form is twenty seconds and proves the test.
 */
class SoakIT {
  private static final String NAME = "Z3 soak";
  private static final double MINUTES = Integer.getInteger("faults.soak", 60);
  private static final double SECONDS = Scenario.full() ? MINUTES * 60 : 20;
  private static final int LINES = 64;
  private static final int LINES_OF_SOAK = 600;

  /** So few that no webhook's token grows old meanwhile. */
  private static final int AHEAD = 1_500;

  private static final long LOOK_MS = Scenario.pick(4_000, 60_000);
  private static final double HEAP_SLOPE_MAX = 0.01;

  /** What is loaded and compiled in the first minutes is no leak. */
  private static final double WARM_SHARE = 0.2;

  private static final int DESCRIPTORS_MORE_MAX = 64;
  private static final int THREADS_MORE_MAX = 16;
  private static final long RESIDENT_MORE_MAX = 24L << 20;

  private final List<Vitals> looks = new ArrayList<>();
  private TestDatabase database;
  private URI base;

  @Test
  void an_hour_of_trouble_leaves_every_row_and_nothing_else() throws Exception {
    Random random = Scenario.random(NAME);
    database = TestDatabases.on18().fresh();
    try (DatabaseProxy proxy = new DatabaseProxy(database.port());
        RunningService service = RunningService.start(proxy.to(database));
        Traffic traffic = new Traffic(database, "z3", random, AHEAD);
        Troubles troubles = new Troubles(database, proxy, service.port, random);
        LiveEars ears = new LiveEars(service.port)) {
      base = URI.create("http://127.0.0.1:" + service.port);
      double half = most(traffic) / 2;
      Phase soak = new Phase(half, SECONDS);
      Blend blend = new Blend(traffic.requests(), Traffic.RHYTHM, Set.of(Kind.POST), List.of(soak));
      CompletableFuture<Void> looking = CompletableFuture.runAsync(() -> look(service, soak));
      troubles.begin();
      try (Load load = new Load(base, LINES_OF_SOAK)) {
        load.run(blend);
      }
      troubles.close();
      looking.get(2 * LOOK_MS, TimeUnit.MILLISECONDS);
      says(soak, half, blend);
      Scenario.says(NAME, "troubles %s; %s".formatted(troubles, ears));
      new Api(base).get(null, "/q/health/ready").is(200);
      traffic.finish(base, blend.lost());
      Scenario.says(NAME, traffic.check());
      ears.check(database);
      troubles.check();
      assertFlat();
      assertEquals(0, blend.lost().size(), "LiveKit's own patience heals it all");
    }
  }

  private static void says(Phase soak, double half, Blend blend) {
    Scenario.says(NAME, "%.0f a second for %.0f s: %s".formatted(half, SECONDS, soak));
    int lost = blend.lost().size();
    Scenario.says(NAME, "sent again %d, lost %d".formatted(blend.sentAgain(), lost));
  }

  private double most(Traffic traffic) throws Exception {
    Phase warm = new Phase(0, Scenario.pick(4, 30));
    Phase most = new Phase(0, Scenario.pick(4, 20));
    Blend blend =
        new Blend(traffic.requests(), Traffic.RHYTHM, Set.of(Kind.POST), List.of(warm, most));
    try (Load load = new Load(base, LINES)) {
      load.run(blend);
    }
    Scenario.says(NAME, "at most: " + most);
    return most.goodPerSecond();
  }

  /** Until the end; of three looks in a row the least, since what is under way is no leak. */
  private void look(RunningService service, Phase soak) {
    try {
      while (System.nanoTime() < soak.endNanos()) {
        Vitals least = Vitals.of(service);
        for (int i = 0; i < 2; i++) {
          TimeUnit.MILLISECONDS.sleep(200);
          Vitals more = Vitals.of(service);
          least = more.heapBytes() < least.heapBytes() ? more : least;
        }
        looks.add(least);
        Scenario.says(NAME, "minute %d: %s".formatted(looks.size() - 1, least));
        long left = TimeUnit.NANOSECONDS.toMillis(soak.endNanos() - System.nanoTime());
        TimeUnit.MILLISECONDS.sleep(Math.max(0, Math.min(LOOK_MS, left)));
      }
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private void assertFlat() {
    List<Vitals> warm = looks.subList((int) (looks.size() * WARM_SHARE), looks.size());
    Slope heap = Slope.of(warm.stream().mapToDouble(Vitals::heapBytes).toArray());
    Slope resident = Slope.of(warm.stream().mapToDouble(Vitals::residentBytes).toArray());
    double perHour = TimeUnit.HOURS.toMillis(1) / (double) LOOK_MS;
    Scenario.says(
        NAME,
        "heap %+.2f %% an hour (± %.2f), resident %+.2f %% (± %.2f), over %d looks"
            .formatted(
                100 * heap.share() * perHour,
                100 * heap.error() * perHour,
                100 * resident.share() * perHour,
                100 * resident.error() * perHour,
                warm.size()));
    if (!Scenario.full()) {
      return; // of twenty seconds nothing follows
    }
    double sure = (heap.share() - 2 * heap.error()) * perHour;
    assertTrue(sure < HEAP_SLOPE_MAX, "the heap is flat");
    Vitals first = warm.getFirst();
    Vitals last = warm.getLast();
    assertTrue(last.residentBytes() - first.residentBytes() < RESIDENT_MORE_MAX, "resident");
    assertTrue(last.descriptors() - first.descriptors() < DESCRIPTORS_MORE_MAX, "descriptors");
    assertTrue(last.threads() - first.threads() < THREADS_MORE_MAX, "threads");
  }
}
