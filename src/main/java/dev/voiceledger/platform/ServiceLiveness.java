package dev.voiceledger.platform;

import io.netty.util.concurrent.EventExecutor;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.vertx.core.Vertx;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Liveness;
import org.eclipse.microprofile.health.Readiness;

/**
 * Alive while every event loop turns, and the pool is not stuck for good. Who is bound to a loop
 * that does not turn waits for ever, and only a new start helps; everything else, the database's
 * absence above all, passes without one.
 */
@Liveness
@ApplicationScoped
class ServiceLiveness implements HealthCheck {
  private static final String NAME = "event loops";
  private static final long TURN_MS = 500;
  private static final long STILL_MS_MAX = 5_000;

  private final Vertx vertx;
  private final PoolReadiness pool;
  private final List<Loop> loops = new ArrayList<>();

  ServiceLiveness(Vertx vertx, @Readiness PoolReadiness pool) {
    this.vertx = vertx;
    this.pool = pool;
  }

  private static final class Loop {
    private volatile long turnedAt = System.nanoTime();
    private ScheduledFuture<?> turning;

    private boolean isStill() {
      return System.nanoTime() - turnedAt > TimeUnit.MILLISECONDS.toNanos(STILL_MS_MAX);
    }
  }

  void begin(@Observes StartupEvent event) {
    for (EventExecutor executor : vertx.nettyEventLoopGroup()) {
      Loop loop = new Loop();
      loop.turning =
          executor.scheduleAtFixedRate(
              () -> loop.turnedAt = System.nanoTime(), TURN_MS, TURN_MS, TimeUnit.MILLISECONDS);
      loops.add(loop);
    }
  }

  void end(@Observes ShutdownEvent event) {
    loops.forEach(loop -> loop.turning.cancel(false));
  }

  @Override
  public HealthCheckResponse call() {
    long still = loops.stream().filter(Loop::isStill).count();
    return HealthCheckResponse.named(NAME)
        .status(still == 0 && !pool.isStuck())
        .withData("loops", loops.size())
        .withData("still", still)
        .withData("pool stuck", pool.isStuck())
        .build();
  }
}
