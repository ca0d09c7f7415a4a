package dev.voiceledger.platform;

import io.micrometer.core.instrument.MeterRegistry;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * How many transactions have a connection of the pool, and how many wait for one. Counted here, for
 * the driver's own counts no longer come out even once somebody has waited in vain.
 */
@ApplicationScoped
public class PoolUse {
  private final AtomicInteger inUse = new AtomicInteger();
  private final AtomicInteger waiting = new AtomicInteger();

  PoolUse(MeterRegistry registry) {
    registry.gauge("voiceledger.pool.in.use", inUse);
    registry.gauge("voiceledger.pool.waiting", waiting);
  }

  public int inUse() {
    return inUse.get();
  }

  public int waiting() {
    return waiting.get();
  }

  /** A transaction wants a connection. */
  Place come() {
    return new Place();
  }

  /** Of one transaction, from its wish to its end. */
  final class Place {
    private AtomicInteger at = waiting;

    private Place() {
      at.incrementAndGet();
    }

    /** It has one, which has answered. */
    synchronized void had() {
      move(inUse);
    }

    /** Once, whatever became of it. */
    synchronized void left() {
      move(null);
    }

    private void move(AtomicInteger to) {
      if (at != null) {
        at.decrementAndGet();
        at = to;
        if (to != null) {
          to.incrementAndGet();
        }
      }
    }
  }
}
