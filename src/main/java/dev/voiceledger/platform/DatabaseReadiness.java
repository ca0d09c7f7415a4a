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
 * Ready while the database answers, within a bounded time and on a connection of its own: a pool
 * that is busy is load, not sickness, and must not take a replica out.
 */
@Readiness
@ApplicationScoped
class DatabaseReadiness implements AsyncHealthCheck {
  private static final String NAME = "database";
  private static final String QUESTION = "select 1";
  private static final long ANSWER_MS_MAX = 1_500;
  private static final long FRESH_MS = 1_000;

  private final Vertx vertx;
  private final DatabasePool database;
  private Future<?> lastAnswer;
  private long askedAt;

  DatabaseReadiness(Vertx vertx, DatabasePool database) {
    this.vertx = vertx;
    this.database = database;
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
        SilenceWatch.connect(
            vertx,
            database
                .connectOptions(SessionSettings.OF_REQUESTS)
                .addProperty("application_name", "voiceledger-probe"));
    return opened
        .compose(connection -> connection.query(QUESTION).execute())
        .timeout(ANSWER_MS_MAX, TimeUnit.MILLISECONDS)
        .onComplete(done -> opened.onSuccess(PgConnection::close));
  }
}
