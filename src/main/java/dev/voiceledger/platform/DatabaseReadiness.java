package dev.voiceledger.platform;

import io.smallrye.health.api.AsyncHealthCheck;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgConnection;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.concurrent.TimeUnit;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/**
 * Ready while the database answers and takes writes, within a bounded time and on a connection of
 * its own: a pool that is busy is load, not sickness, and must not take a replica out. Whether it
 * takes writes is tried by one only where the ledger doubts it.
 */
@Readiness
@ApplicationScoped
class DatabaseReadiness implements AsyncHealthCheck {
  private static final String NAME = "database";
  private static final String READS_ONLY =
      "select pg_is_in_recovery() or current_setting('transaction_read_only')::boolean";

  /** More than a page or two that may still be free, and taken back. */
  private static final String TRIAL =
      """
      begin; set local role service_role;
      insert into webhook_events (provider, id, state, body)
        select 'trial', gen_random_uuid()::text, 'ignored', string_agg(sha256(n::text::bytea), '')
        from generate_series(1, 8192) n;
      rollback\
      """;

  private static final long ANSWER_MS_MAX = 1_500;
  private static final long FRESH_MS = 1_000;

  private final Vertx vertx;
  private final DatabasePool database;
  private final WriteDoubt doubt;
  private Future<?> lastAnswer;
  private long askedAt;

  DatabaseReadiness(Vertx vertx, DatabasePool database, WriteDoubt doubt) {
    this.vertx = vertx;
    this.database = database;
    this.doubt = doubt;
  }

  @Override
  public Uni<HealthCheckResponse> call() {
    return Uni.createFrom()
        .completionStage(() -> asked().toCompletionStage())
        .map(answered -> HealthCheckResponse.up(NAME))
        .onFailure()
        .recoverWithItem(silent -> HealthCheckResponse.down(NAME));
  }

  /** The route is open to all: many askers share one question, or they would use up the server. */
  private synchronized Future<?> asked() {
    boolean fresh = System.nanoTime() - askedAt < TimeUnit.MILLISECONDS.toNanos(FRESH_MS);
    if (lastAnswer == null || lastAnswer.isComplete() && !fresh) {
      askedAt = System.nanoTime();
      lastAnswer = ask();
    }
    return lastAnswer;
  }

  private Future<?> ask() {
    Future<PgConnection> opened =
        WatchedConnections.open(
            vertx,
            database
                .connectOptions(SessionSettings.OF_REQUESTS)
                .addProperty("application_name", "voiceledger-probe"));
    return opened
        .compose(this::writes)
        .timeout(ANSWER_MS_MAX, TimeUnit.MILLISECONDS)
        .onComplete(done -> opened.onSuccess(PgConnection::close));
  }

  private Future<?> writes(PgConnection connection) {
    return connection
        .query(READS_ONLY)
        .execute()
        .compose(rows ->
            rows.iterator().next().getBoolean(0)
                ? Future.failedFuture("the database only reads")
                : doubt.is() ? tried(connection) : Future.succeededFuture());
  }

  private Future<?> tried(PgConnection connection) {
    return connection.query(TRIAL).execute().onSuccess(taken -> doubt.taken());
  }
}
