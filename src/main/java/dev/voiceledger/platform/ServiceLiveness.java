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
import java.util.concurrent.atomic.AtomicLong;
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

  /** So often all others may turn meanwhile, which is for 5 s. */
  private static final int STILL_TURNS_MAX = 10;

  private final Vertx vertx;
  private final PoolReadiness pool;
  private final List<Loop> loops = new ArrayList<>();

  /** Of all loops: time in which none turned, for the process itself stood still, is not judged. */
  private final AtomicLong turns = new AtomicLong();

  ServiceLiveness(Vertx vertx, @Readiness PoolReadiness pool) {
    this.vertx = vertx;
    this.pool = pool;
  }

  private final class Loop {
    private volatile long turn = turns.get();
    private ScheduledFuture<?> turning;

    private void turn() {
      turn = turns.incrementAndGet();
    }

    private boolean isStill() {
      int others = loops.size() - 1;
      return others > 0 && turns.get() - turn > (long) STILL_TURNS_MAX * others;
    }
  }

  void begin(@Observes StartupEvent event) {
    for (EventExecutor executor : vertx.nettyEventLoopGroup()) {
      Loop loop = new Loop();
      loop.turning =
          executor.scheduleWithFixedDelay(loop::turn, TURN_MS, TURN_MS, TimeUnit.MILLISECONDS);
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
