package dev.voiceledger.reconcile;

import dev.voiceledger.ledger.Ledger;
import dev.voiceledger.livekit.Listings;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;

/** A virtual thread with the reconciler on it, from the start to the end; none where it is off. */
@ApplicationScoped
class ReconcilerThread {
  private static final Duration STOP_MAX = Duration.ofSeconds(3);

  /** Before the ledger and the pool are closed. */
  private static final int EARLY = 100;

  private static final Logger LOG = Logger.getLogger(ReconcilerThread.class);

  private final Pass.Sources sources;
  private final Duration interval;
  private Thread thread;

  ReconcilerThread(
      Listings listings,
      TurnStore turns,
      RowsStore rows,
      NewsStore news,
      Ledger ledger,
      ReconcilerMetrics metrics,
      @ConfigProperty(name = "reconcile.interval", defaultValue = "PT20S") Duration interval) {
    this.sources = new Pass.Sources(listings, turns, rows, news, ledger, metrics);
    this.interval = interval;
  }

  /** What everything here reads and writes with. */
  Pass.Sources sources() {
    return sources;
  }

  void start(@Observes StartupEvent event) {
    if (interval.isPositive()) {
      thread = Thread.ofVirtual().name("reconciler").start(this::run);
    }
  }

  private void run() {
    Reconciler reconciler = new Reconciler(sources, interval);
    try {
      while (!Thread.currentThread().isInterrupted()) {
        Thread.sleep(reconciler.turn());
      }
    } catch (InterruptedException stopped) {
      LOG.debug("the reconciler stops");
    }
    Thread.interrupted(); // it has been heeded; what follows waits for the database once more
    try {
      reconciler.giveBack();
    } catch (RuntimeException away) {
      LOG.debugf("the turn was not given back: %s", away.getClass().getName());
    }
  }

  void stop(@Observes @Priority(EARLY) ShutdownEvent event) throws InterruptedException {
    if (thread != null) {
      thread.interrupt();
      thread.join(STOP_MAX);
    }
  }
}
