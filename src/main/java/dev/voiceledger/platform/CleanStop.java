package dev.voiceledger.platform;

import io.quarkus.runtime.ShutdownDelayInitiatedEvent;
import io.vertx.core.Vertx;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Event;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;

/**
 * The way down. At first only readiness falls, and all is served as ever, so that load balancers
 * have time to notice. Then nothing new is taken, since requests that keep coming would keep
 * Quarkus waiting, and would be cut off half way at the end of its patience.
 */
@ApplicationScoped
class CleanStop {
  private static final Logger LOG = Logger.getLogger(CleanStop.class);

  private final Vertx vertx;
  private final Event<Draining> draining;
  private final Duration delay;
  private volatile boolean begun;

  CleanStop(
      Vertx vertx,
      Event<Draining> draining,
      @ConfigProperty(name = "quarkus.shutdown.delay", defaultValue = "0s") Duration delay) {
    this.vertx = vertx;
    this.draining = draining;
    this.delay = delay;
  }

  void asked(@Observes ShutdownDelayInitiatedEvent event) {
    LOG.infof("stopping: unready now, and nothing new is taken in %d ms", delay.toMillis());
    if (delay.isPositive()) {
      vertx.setTimer(delay.toMillis(), now -> begin());
    } else {
      begin();
    }
  }

  private void begin() {
    begun = true;
    draining.fire(new Draining());
  }

  /** Whether nothing new is taken any more. */
  boolean hasBegun() {
    return begun;
  }
}
