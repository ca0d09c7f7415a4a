package dev.voiceledger.platform;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.voiceledger.FreshDatabase;
import dev.voiceledger.webhook.Logs;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.smallrye.common.vertx.VertxContext;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.UniEmitter;
import io.vertx.core.Vertx;
import jakarta.inject.Inject;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What scheduled jobs leave in the log when they fail: a line, and no stack. */
@QuarkusTest
@WithTestResource(FreshDatabase.class)
class FailedJobsTest {
  private static final String AWAY = "the database was away or busy, job=";
  private static final int SECONDS_MAX = 30;

  @Inject PoolUse use;
  @Inject Vertx vertx;

  private final Queue<UniEmitter<? super String>> held = new ConcurrentLinkedQueue<>();

  /** Takes the place of each connection, as slow transactions would. */
  private void occupy() throws InterruptedException {
    for (int i = 0; i < DatabasePool.SIZE; i++) {
      VertxContext.getOrCreateDuplicatedContext(vertx).runOnContext(now -> hold());
    }
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS_MAX);
    while (held.size() < DatabasePool.SIZE) {
      assertTrue(System.nanoTime() < until, () -> held.size() + " places are taken");
      Thread.sleep(10);
    }
  }

  private void hold() {
    use.of(() -> Uni.createFrom().<String>emitter(held::add))
        .subscribe()
        .with(done -> {}, late -> hold());
  }

  private static List<String> of(List<String> lines, String words) {
    return lines.stream().filter(line -> line.contains(words)).toList();
  }

  @Test
  void jobs_that_wait_in_vain_for_a_connection_leave_a_line_without_a_stack() throws Exception {
    occupy();
    try (Logs logs = new Logs()) {
      long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS_MAX);
      while (of(logs.lines(), "WordsRefresh#refresh").isEmpty()) {
        assertTrue(System.nanoTime() < until, logs.lines()::toString);
        Thread.sleep(50);
      }
      List<String> lines = logs.lines();
      assertEquals(of(lines, "#refresh"), of(lines, AWAY));
      assertEquals(List.of(), of(lines, "\tat "), "no stacks");
    } finally {
      held.forEach(one -> one.complete("over"));
    }
  }

  @Test
  void what_else_fails_is_an_error_that_quotes_nothing() {
    try (Logs logs = new Logs()) {
      FailedJobs.tell("a.Job#run", new IllegalStateException("what was said"));
      assertEquals(
          1, of(logs.lines(), "a job failed, job=a.Job#run").size(), logs.lines()::toString);
      logs.assertSilentOn(List.of("what was said"));
    }
  }
}
