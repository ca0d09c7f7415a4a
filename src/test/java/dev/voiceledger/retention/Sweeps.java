package dev.voiceledger.retention;

import io.quarkus.arc.Arc;
import io.quarkus.vertx.VertxContextSupport;

/** The walk of retention, now and to its end, beside whatever a test does meanwhile. */
public final class Sweeps {
  private Sweeps() {}

  /** In the service under test. */
  public static void now() {
    Retention retention = Arc.container().instance(Retention.class).get();
    try {
      VertxContextSupport.subscribeAndAwait(retention::sweep);
    } catch (Throwable failure) {
      throw new IllegalStateException(failure);
    }
  }
}
