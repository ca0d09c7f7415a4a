package dev.voiceledger.platform;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.voiceledger.FreshDatabase;
import dev.voiceledger.history.PoolSlotsTest;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.SqlConnection;
import jakarta.inject.Inject;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** F12: readiness falls with what requests need, liveness only with what no waiting mends. */
@QuarkusTest
@WithTestResource(FreshDatabase.class)
class ProbesTest {
  private static final int FALLS_WITHIN_MS = 30_000;
  private static final int ANSWER_MS_MAX = 2_000;
  private static final long BLOCKED_MS = 9_000;

  @TestHTTPResource("/q/health/ready")
  URI ready;

  @TestHTTPResource("/q/health/live")
  URI live;

  @Inject Pool pool;
  @Inject Vertx vertx;

  /** On a connection of its own; 0 where nothing came in time. */
  private static int status(URI probe) {
    try {
      HttpURLConnection connection = (HttpURLConnection) probe.toURL().openConnection();
      connection.setRequestProperty("Connection", "close");
      connection.setReadTimeout(ANSWER_MS_MAX);
      return connection.getResponseCode();
    } catch (IOException tooLate) {
      return 0;
    }
  }

  /** Asks until it is so; anything else that is not among the permitted is a failure. */
  private static void becomes(int wanted, URI probe, List<Integer> permitted) throws Exception {
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(FALLS_WITHIN_MS);
    int status;
    while ((status = status(probe)) != wanted) {
      assertTrue(permitted.contains(status), probe + " answered " + status);
      assertTrue(System.nanoTime() < end, probe + " did not become " + wanted);
      TimeUnit.MILLISECONDS.sleep(200);
    }
  }

  @Test
  void a_pool_that_lends_nothing_takes_the_replica_out_and_does_not_end_it() throws Exception {
    assertEquals(200, status(ready));
    List<SqlConnection> leaked = PoolSlotsTest.allOf(pool);
    becomes(503, ready, List.of(200));
    assertEquals(200, status(live));
    for (SqlConnection connection : leaked) {
      connection.close().toCompletionStage().toCompletableFuture().get();
    }
    becomes(200, ready, List.of(503));
  }

  @Test
  void a_loop_that_stands_still_ends_the_replica() throws Exception {
    assertEquals(200, status(live));
    vertx
        .nettyEventLoopGroup()
        .next()
        .execute(() -> {
          try {
            Thread.sleep(BLOCKED_MS);
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
    becomes(503, live, List.of(200, 0)); // 0: the connection's own loop is the one
    becomes(200, live, List.of(503, 0));
  }
}
