package dev.voiceledger.ledger;

import dev.voiceledger.platform.DatabasePool;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.Startup;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jboss.logging.Logger;

/** Takes what happened and answers when it is on disk. */
@Startup
@ApplicationScoped
public class Ledger {
  /** As long as a group may take, so that what is queued is written and answered. */
  private static final int CLOSE_SECONDS_MAX = 5;

  private static final Logger LOG = Logger.getLogger(Ledger.class);

  private final Vertx vertx;
  private final GroupConnection.Address address;
  private final LedgerMetrics metrics;
  private final List<Lanes<?, ?>> all = new CopyOnWriteArrayList<>();
  private final Lanes<Entry, Outcome> events;
  private volatile Runnable listener = () -> {};

  Ledger(Vertx vertx, DatabasePool database, LedgerMetrics metrics) {
    this.vertx = vertx;
    this.address = GroupConnection.Address.of(database);
    this.metrics = metrics;
    this.events = lanes(new Events());
    metrics.queueDepth(this::depth);
  }

  /** Lanes for entries of a further kind, closed with the ledger. */
  public <E, R> Lanes<E, R> lanes(Kind<E, R> kind) {
    Lanes<E, R> lanes =
        new Lanes<>(kind, lane -> new Lane<>(kind, vertx, address, metrics, this::committed));
    all.add(lanes);
    return lanes;
  }

  /** Who wants to know of each commit; called on a lane's event loop, so it must be short. */
  public void onCommit(Runnable listener) {
    this.listener = listener;
  }

  private void committed() {
    listener.run();
  }

  /** Writes an event with whatever else is waiting: {@link Lanes#admit}. */
  public Future<Outcome> admit(Entry entry) {
    return events.admit(entry);
  }

  /** The same for a request: {@link Lanes#admitted}. */
  public Uni<Outcome> admitted(Entry entry) {
    return events.admitted(entry);
  }

  /** How many events were refused since the start: LiveKit gives up on them after 15 seconds. */
  public long refused() {
    return events.refused();
  }

  /** Entries that wait for their group. */
  public int depth() {
    return all.stream().mapToInt(Lanes::depth).sum();
  }

  /**
   * By now every request that ended in time has its answer; what others have queued is written all
   * the same. The connections go before the event loops do.
   */
  void stop(@Observes ShutdownEvent event) throws InterruptedException {
    try {
      Future.join(all.stream().map(Lanes::close).toList())
          .toCompletionStage()
          .toCompletableFuture()
          .get(CLOSE_SECONDS_MAX, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      LOG.warnf("the ledger's connections were not closed in time: %s", e.getClass().getName());
    }
  }
}
