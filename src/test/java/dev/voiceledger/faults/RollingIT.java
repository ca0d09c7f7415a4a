package dev.voiceledger.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.voiceledger.TestDatabase;
import dev.voiceledger.TestDatabases;
import dev.voiceledger.load.Load;
import dev.voiceledger.load.Phase;
import dev.voiceledger.load.Shot.Kind;
import dev.voiceledger.start.RunningService;
import java.net.URI;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * RELIABILITY F11: replicas are stopped with SIGTERM and started anew, one after the other, behind
 * a balancer that looks at readiness, while clients keep their connections and ask without pause:
 * none of them notices, and nothing is lost.
 */
class RollingIT {
  private static final String NAME = "F11 rolling";
  private static final int RESTARTS = Scenario.pick(2, 20);
  private static final int PER_SECOND = Scenario.pick(150, 400);
  private static final int LINES = 32;
  private static final int TERMINATED = 128 + 15;
  private static final double EXIT_SECONDS_MAX = 20;
  private static final double READY_SECONDS_MAX = 60;
  private static final double SECONDS_MAX = RESTARTS * (EXIT_SECONDS_MAX + READY_SECONDS_MAX);
  private static final Map<String, String> DELAY = Map.of("QUARKUS_SHUTDOWN_DELAY", "3s");

  private final Deque<RunningService> replicas = new ArrayDeque<>();
  private TestDatabase database;
  private Balancer balancer;
  private double slowestExit;

  @Test
  void clients_do_not_notice_that_replicas_go_and_come() throws Exception {
    var random = Scenario.random(NAME);
    database = TestDatabases.on18().fresh();
    try (Balancer between = new Balancer();
        Traffic traffic = new Traffic(database, "f11", random, 2_000)) {
      balancer = between;
      comes();
      comes();
      Phase phase = new Phase(PER_SECOND, SECONDS_MAX);
      Blend blend = new Blend(traffic.requests(), Traffic.RHYTHM, Set.of(), List.of(phase));
      CompletableFuture<Void> rolling = CompletableFuture.runAsync(() -> roll(phase));
      URI base = URI.create("http://127.0.0.1:" + between.port());
      try (Load load = new Load(base, LINES)) {
        load.run(blend);
      }
      rolling.get(1, TimeUnit.MINUTES);
      says(phase, blend);
      traffic.finish(base, blend.lost());
      Scenario.says(NAME, traffic.check());
    } finally {
      replicas.forEach(RunningService::close);
    }
  }

  private void roll(Phase phase) {
    try {
      TimeUnit.SECONDS.sleep(2);
      for (int i = 0; i < RESTARTS; i++) {
        goes(replicas.removeFirst());
        comes();
      }
      TimeUnit.SECONDS.sleep(2);
    } catch (Exception broken) {
      throw new IllegalStateException(broken);
    } finally {
      phase.end();
    }
  }

  private void goes(RunningService replica) throws InterruptedException {
    long asked = System.nanoTime();
    replica.process.destroy();
    assertTrue(replica.process.waitFor(60, TimeUnit.SECONDS), "it stops");
    double seconds = (System.nanoTime() - asked) / 1e9;
    slowestExit = Math.max(slowestExit, seconds);
    balancer.remove(replica.port);
    assertEquals(TERMINATED, replica.process.exitValue());
    assertTrue(seconds < EXIT_SECONDS_MAX, "in time: " + seconds);
  }

  private void comes() throws Exception {
    RunningService replica = RunningService.start(database, DELAY);
    replicas.addLast(replica);
    balancer.add(replica.port);
    long late = System.nanoTime() + (long) (READY_SECONDS_MAX * 1e9);
    while (!balancer.isReady(replica.port)) {
      assertTrue(System.nanoTime() < late, "it becomes ready");
      TimeUnit.MILLISECONDS.sleep(20);
    }
  }

  private void says(Phase phase, Blend blend) {
    Scenario.says(
        NAME,
        "%d restarts, slowest exit %.1f s; %s; sent again %d"
            .formatted(RESTARTS, slowestExit, phase, blend.sentAgain()));
    for (Kind kind : Kind.values()) {
      assertEquals(0, phase.count(kind, 503), "no client is refused: " + kind);
    }
    assertEquals(0, phase.odd(), "no client notices");
    assertEquals(0, blend.sentAgain(), "LiveKit has nothing to send again");
  }
}
