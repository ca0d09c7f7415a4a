package dev.voiceledger.platform;

import io.smallrye.health.api.AsyncHealthCheck;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.impl.ContextInternal;
import io.vertx.core.impl.VertxInternal;
import io.vertx.pgclient.PgConnection;
import io.vertx.pgclient.PgException;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.concurrent.TimeUnit;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/**
 * Ready while the database answers and takes writes, within a bounded time and on a connection of
 * its own: a pool that is busy is load, not sickness, and must not take a replica out. That one is
 * kept, and another opened only when it fails; where no further login is to be had, a pool that has
 * just been of use is proof enough. Whether the database takes writes is tried only where the
 * ledger doubts it.
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

  /** The service's own jobs come by every 2 s. */
  private static final long SERVED_MS_MAX = 3_000;

  private static final String TOO_MANY_CONNECTIONS = "53300";

  private final Vertx vertx;
  private final ContextInternal context;
  private final DatabasePool database;
  private final WriteDoubt doubt;

  /** Null while there is none; of the context's event loop alone. */
  private PgConnection kept;

  private Future<?> lastAnswer;
  private long askedAt;

  DatabaseReadiness(Vertx vertx, DatabasePool database, WriteDoubt doubt) {
    this.vertx = vertx;
    this.context = ((VertxInternal) vertx).createEventLoopContext();
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

  /** On one event loop, whoever asks: what is kept is in nobody else's hands. */
  private Future<?> ask() {
    return context.succeededFuture().compose(now -> answer());
  }

  private Future<Void> answer() {
    PgConnection known = kept;
    return (known == null ? afresh() : writes(known).recover(lost -> again(known, lost)))
        .timeout(ANSWER_MS_MAX, TimeUnit.MILLISECONDS)
        .onFailure(why -> giveUp())
        .recover(why -> isServed(why) ? Future.succeededFuture() : Future.failedFuture(why));
  }

  /** One that was kept may have died of itself; if nobody waits any more, that is all. */
  private Future<Void> again(PgConnection known, Throwable lost) {
    boolean waitedFor = kept == known || kept == null;
    return waitedFor && DatabaseRefusal.isLostConnection(lost)
        ? afresh()
        : Future.failedFuture(lost);
  }

  private Future<Void> afresh() {
    return WatchedConnections.open(
            vertx,
            database
                .connectOptions(SessionSettings.OF_REQUESTS)
                .addProperty("application_name", "voiceledger-probe"))
        .compose(opened -> {
          giveUp();
          kept = opened;
          opened.closeHandler(closed -> kept = kept == opened ? null : kept);
          return writes(opened);
        });
  }

  /** A transaction that failed, an old primary, or silence: none of it is asked again. */
  private void giveUp() {
    if (kept != null) {
      kept.close();
      kept = null;
    }
  }

  /** Whether others have taken all places for logins, and those we have are enough. */
  private boolean isServed(Throwable failure) {
    return failure instanceof PgException refused
        && TOO_MANY_CONNECTIONS.equals(refused.getSqlState())
        && !doubt.is()
        && database.hasLentWithin(SERVED_MS_MAX);
  }

  private Future<Void> writes(PgConnection connection) {
    return connection
        .query(READS_ONLY)
        .execute()
        .compose(rows ->
            rows.iterator().next().getBoolean(0)
                ? Future.failedFuture("the database only reads")
                : doubt.is() ? tried(connection) : Future.succeededFuture());
  }

  private Future<Void> tried(PgConnection connection) {
    return connection.query(TRIAL).execute().onSuccess(taken -> doubt.taken()).mapEmpty();
  }
}
