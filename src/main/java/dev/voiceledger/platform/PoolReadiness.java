package dev.voiceledger.platform;

import io.smallrye.health.api.AsyncHealthCheck;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.SqlConnection;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Instance;
import java.util.concurrent.TimeUnit;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/**
 * Ready while the pool lends connections. A busy pool lends all the time; one that has lent none
 * for longer than any statement may take has lost them, and the replica is of no use to readers.
 */
@Readiness
@ApplicationScoped
class PoolReadiness implements AsyncHealthCheck {
  private static final String NAME = "pool";
  private static final long SILENT_MS_MAX = 8_000;
  private static final long ANSWER_MS_MAX = 1_500;
  private static final long STUCK_MS = 90_000;

  private final DatabasePool database;
  private final Instance<Pool> pool;
  private Future<SqlConnection> asked;
  private long askedAt;

  PoolReadiness(DatabasePool database, Instance<Pool> pool) {
    this.database = database;
    this.pool = pool;
  }

  @Override
  public Uni<HealthCheckResponse> call() {
    return Uni.createFrom()
        .completionStage(() -> lends().toCompletionStage())
        .map(lent -> HealthCheckResponse.up(NAME))
        .onFailure()
        .recoverWithItem(silent -> HealthCheckResponse.down(NAME));
  }

  /** Asks only when nobody was lent one lately, and never twice at once: the route is open. */
  private synchronized Future<?> lends() {
    if (database.hasLentWithin(SILENT_MS_MAX)) {
      return Future.succeededFuture();
    }
    if (asked == null || asked.isComplete()) {
      askedAt = System.nanoTime();
      asked = pool.get().getConnection();
      // However late it comes, it is given back.
      asked.onSuccess(lent -> {
        database.lent();
        lent.close();
      });
    }
    return asked.timeout(ANSWER_MS_MAX, TimeUnit.MILLISECONDS);
  }

  /**
   * Whether the pool neither lends nor fails, longer than the longest statement and the longest
   * wait for a login together: then its connections are lost, and no waiting brings them back.
   */
  synchronized boolean isStuck() {
    return asked != null
        && !asked.isComplete()
        && System.nanoTime() - askedAt > TimeUnit.MILLISECONDS.toNanos(STUCK_MS)
        && !database.hasLentWithin(STUCK_MS);
  }
}
