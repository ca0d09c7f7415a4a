package dev.voiceledger.ledger;

import dev.voiceledger.ledger.LedgerUnavailable.Reason;
import dev.voiceledger.platform.DatabasePool;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.Startup;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgConnectOptions;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import org.jboss.logging.Logger;

/**
 * Takes what happened and answers when it is on disk. Two groups under way are enough for two cores
 * and for many: more only wait for each other's rows (LEDGER, measured).
 */
@Startup
@ApplicationScoped
public class Ledger {
  private static final int LANES = 2;
  private static final int CLOSE_SECONDS_MAX = 2;
  private static final Logger LOG = Logger.getLogger(Ledger.class);

  private final List<Lane> lanes;
  private volatile boolean stopping;

  Ledger(Vertx vertx, DatabasePool database, LedgerMetrics metrics) {
    PgConnectOptions options = forGroups(database.connectOptions());
    this.lanes =
        IntStream.range(0, LANES).mapToObj(lane -> new Lane(vertx, options, metrics)).toList();
    metrics.queueDepth(this::depth);
  }

  /**
   * Writes an entry with whatever else is waiting.
   *
   * @return what became of it, once durable; fails with {@link LedgerUnavailable} when it cannot be
   *     written now, and then the sender has to come again
   */
  public Future<Outcome> admit(Entry entry) {
    if (stopping) {
      return Future.failedFuture(new LedgerUnavailable(Reason.STOPPING, "the service is stopping"));
    }
    return lanes.get(entry.lane(lanes.size())).offer(entry);
  }

  /**
   * The same for a request, which goes on where it was: the ledger answers on a context of its own,
   * and a database session is bound to the request's. Fails with a problem.
   */
  public Uni<Outcome> admitted(Entry entry) {
    Context request = Vertx.currentContext();
    return Uni.createFrom()
        .completionStage(() -> admit(entry).toCompletionStage())
        .onFailure(LedgerUnavailable.class)
        .transform(away -> ((LedgerUnavailable) away).problem().asException())
        .emitOn(answer -> request.runOnContext(now -> answer.run()));
  }

  /** Entries that wait for their group. */
  public int depth() {
    return lanes.stream().mapToInt(Lane::depth).sum();
  }

  /** By now every request has its answer; the connections go before the event loops do. */
  void stop(@Observes ShutdownEvent event) throws InterruptedException {
    stopping = true;
    try {
      Future.join(lanes.stream().map(Lane::close).toList())
          .toCompletionStage()
          .toCompletableFuture()
          .get(CLOSE_SECONDS_MAX, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      LOG.warnf("the ledger's connections were not closed in time: %s", e.getClass().getName());
    }
  }

  /**
   * Small groups of arrays must not be planned anew each time, and must not scan a table that was
   * small when it was last analysed; a lock that is not to be had is tried again, not waited for.
   */
  static PgConnectOptions forGroups(PgConnectOptions options) {
    return new PgConnectOptions(options)
        .setPipeliningLimit(64)
        .addProperty("application_name", "voiceledger-ledger")
        .addProperty("plan_cache_mode", "force_generic_plan")
        .addProperty("enable_seqscan", "off")
        .addProperty("enable_hashjoin", "off")
        .addProperty("enable_mergejoin", "off")
        .addProperty("jit", "off")
        .addProperty("synchronous_commit", "on")
        .addProperty("lock_timeout", "150")
        .addProperty("statement_timeout", "3000")
        .addProperty("idle_in_transaction_session_timeout", "5000");
  }
}
