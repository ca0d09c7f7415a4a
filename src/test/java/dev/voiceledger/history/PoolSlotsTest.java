package dev.voiceledger.history;

import static org.junit.jupiter.api.Assertions.assertEquals;

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
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whoever waits in vain for a connection leaves none behind: all of them are there afterwards. */
@QuarkusTest
@WithTestResource(ProxiedDatabase.class)
@WithTestResource(LiveKitDouble.class)
class PoolSlotsTest {
  private static final int CONNECTIONS = 8;
  private static final int WAITING = 64;

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
}
