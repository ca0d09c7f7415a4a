package dev.voiceledger.history;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.voiceledger.DatabaseProxy;
import dev.voiceledger.ProxiedDatabase;
import dev.voiceledger.history.Api.Answer;
import dev.voiceledger.livekit.LiveKitDouble;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.SqlConnection;
import jakarta.inject.Inject;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whoever waits in vain for a connection leaves none behind: all of them are there afterwards. */
@QuarkusTest
@WithTestResource(ProxiedDatabase.class)
@WithTestResource(LiveKitDouble.class)
public class PoolSlotsTest {
  private static final int CONNECTIONS = 8;
  private static final int WAITING = 64;

  /** 7 s, and some for a busy machine. */
  private static final long ANSWER_MS_MAX = 12_000;

  @TestHTTPResource URI base;
  DatabaseProxy proxy;
  @Inject Pool pool;

  private final String ada = People.user(People.somebody());

  private Supplier<Answer> asking() {
    return () -> new Api(base).get(ada, Api.CALLS);
  }

  private void askTogether() {
    List<Supplier<Answer>> all = new ArrayList<>();
    IntStream.range(0, WAITING).forEach(i -> all.add(asking()));
    all.add(() -> {
      pause(2_600);
      proxy.heal();
      return null;
    });
    Api.atOnce(all);
  }

  private static void pause(int ms) {
    try {
      Thread.sleep(ms);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private void assertAllAreThere() throws Exception {
    pause(6_000); // whatever was under way has ended
    List<Future<SqlConnection>> all = new ArrayList<>();
    for (int i = 0; i < CONNECTIONS; i++) {
      all.add(pool.getConnection());
    }
    Future.join(all)
        .otherwiseEmpty()
        .toCompletionStage()
        .toCompletableFuture()
        .get(20, TimeUnit.SECONDS);
    long had = all.stream().filter(Future::succeeded).count();
    for (Future<SqlConnection> one : all) {
      if (one.succeeded()) {
        one.result().close().toCompletionStage().toCompletableFuture().get(5, TimeUnit.SECONDS);
      }
    }
    assertEquals(CONNECTIONS, had);
  }

  /** Takes every connection of the pool, as slow queries would, however long that takes. */
  public static List<SqlConnection> allOf(Pool pool) throws InterruptedException {
    List<SqlConnection> all = new ArrayList<>();
    for (int tries = 0; all.size() < CONNECTIONS && tries < 10 * CONNECTIONS; tries++) {
      try {
        all.add(pool.getConnection().toCompletionStage().toCompletableFuture().get());
      } catch (ExecutionException lentToOthers) {
        pause(100);
      }
    }
    assertEquals(CONNECTIONS, all.size());
    return all;
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void a_stall_takes_no_slot(boolean reconnecting) throws Exception {
    for (int i = 0; i < 3; i++) {
      asking().get();
      if (reconnecting) {
        proxy.cut();
      }
      proxy.stall();
      askTogether();
    }
    assertAllAreThere();
  }

  @Test
  void whoever_waits_for_what_a_stall_has_swallowed_is_answered() {
    asking().get().is(200);
    proxy.stall();
    long start = System.nanoTime();
    try {
      asking().get().is(503, "database-unavailable");
    } finally {
      proxy.heal();
    }
    long ms = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
    assertTrue(ms < ANSWER_MS_MAX, ms + " ms");
  }
}
