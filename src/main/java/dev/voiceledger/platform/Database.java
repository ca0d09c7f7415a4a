package dev.voiceledger.platform;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.hibernate.reactive.panache.Panache;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/**
 * The doors to the database for requests: one transaction, one role with its claims, forgotten at
 * its end. Row level security does the rest. The ledger has its own door, in its group's first
 * statement.
 */
@ApplicationScoped
public class Database {
  /** set_config(…, true) is "set local": the next user of the connection starts as nobody. */
  private static final String BECOME =
      """
      select set_config('role', ?1, true), set_config('request.jwt.claims', ?2, true)\
      """;

  private static final String BECOME_BEHIND_POOLER =
      BECOME + SessionSettings.OF_REQUESTS.asColumns();

  /** A call of a hundred thousand messages takes longer than a request may. */
  private static final String PATIENCE = "select set_config('statement_timeout', '60s', true)";

  /** A function of the owner: the caller's own role may not write users. */
  private static final String CALLER_IS_KNOWN = "select voiceledger.caller_is_known()";

  private static final String SERVICE = "service_role";
  private static final String SERVICE_CLAIMS = "{\"role\":\"service_role\"}";
  private static final int KNOWN_MAX = 100_000;
  private static final int TRIES_MAX = 3;
  private static final long JITTER_MS = 20;

  /** Longer than any statement, and short enough for a caller to have its refusal within 5 s. */
  private static final long ANSWER_MS_MAX = 4_500;

  /** Longer than the longest statement of a job. */
  private static final long JOB_MS_MAX = 90_000;

  private static final String RUNNING = "voiceledger.transaction";

  private final Set<String> known = ConcurrentHashMap.newKeySet();
  private final DatabasePool pool;
  private final PoolUse use;
  private final String become;
  private final Counter repeated;

  Database(DatabasePool pool, PoolUse use, MeterRegistry registry) {
    this.pool = pool;
    this.use = use;
    this.become = pool.isBehindPooler() ? BECOME_BEHIND_POOLER : BECOME;
    this.repeated = registry.counter("voiceledger.transactions.repeated");
  }

  /**
   * Runs work in one transaction; all of it anew, a few times at most, where the transaction met
   * another (a deadlock, a serialization failure), or where the connection was dead when it was
   * lent. So work is nothing but questions to the database.
   *
   * @param role {@code authenticated} or {@code service_role}
   * @param claims the caller's, as JSON
   */
  public <T> Uni<T> as(String role, String claims, Supplier<Uni<T>> work) {
    return as(role, claims, work, ANSWER_MS_MAX);
  }

  private <T> Uni<T> as(String role, String claims, Supplier<Uni<T>> work, long msMax) {
    return answered(() -> attempt(new Attempt<>(role, claims, work), 1), msMax);
  }

  /** One transaction, to be run once or again. */
  private final class Attempt<T> {
    private final String role;
    private final String claims;
    private final Supplier<Uni<T>> work;

    /** A session is bound to it, and what fails may fail elsewhere. */
    private final Context request = Vertx.currentContext();

    private boolean begun;

    private Attempt(String role, String claims, Supplier<Uni<T>> work) {
      this.role = role;
      this.claims = claims;
      this.work = work;
    }

    private Uni<T> run() {
      begun = false;
      return use.of(() ->
          Panache.withTransaction(
              () -> become(role, claims).invoke(() -> begun = true).chain(work::get)));
    }

    /** A connection that was dead when it was lent has had nothing of the work. */
    private boolean isToBeRepeated(Throwable failure) {
      return DatabaseRefusal.isEncounter(failure)
          || !begun && DatabaseRefusal.isLostConnection(failure);
    }
  }

  /**
   * Where nothing comes back, be it that the network swallows it or that a pooler has nobody to
   * lend, the transaction waits on by itself until its connection ends; whoever asked does not. Nor
   * does it end when whoever asked is gone: a transaction that is cancelled never gives its
   * connection back. So what is waited for is a copy, whose end is not the transaction's.
   */
  private static <T> Uni<T> answered(Supplier<Uni<T>> transaction, long msMax) {
    Context request = Vertx.currentContext();
    return Uni.createFrom()
        .completionStage(
            () -> alone(request, transaction).copy().orTimeout(msMax, TimeUnit.MILLISECONDS))
        .emitOn(answer -> request.runOnContext(now -> answer.run()));
  }

  /** The next transaction of a request that has one still would become a part of it. */
  private static <T> CompletableFuture<T> alone(Context request, Supplier<Uni<T>> transaction) {
    if (request.getLocal(RUNNING) != null) {
      return CompletableFuture.failedFuture(new TimeoutException("one before it is not over"));
    }
    request.putLocal(RUNNING, true);
    return transaction
        .get()
        .subscribeAsCompletionStage()
        .whenComplete((answer, failure) -> request.removeLocal(RUNNING));
  }

  private <T> Uni<T> attempt(Attempt<T> attempt, int number) {
    return attempt
        .run()
        .onFailure(failure -> number < TRIES_MAX && attempt.isToBeRepeated(failure))
        .recoverWithUni(failure -> {
          repeated.increment();
          return pause(attempt.request, number).chain(() -> attempt(attempt, number + 1));
        });
  }

  private static Uni<Void> pause(Context request, int attempt) {
    long ms = 1 + ThreadLocalRandom.current().nextLong(JITTER_MS * attempt);
    return Uni.createFrom()
        .emitter(over ->
            request
                .owner()
                .setTimer(ms, timer -> request.runOnContext(now -> over.complete(null))));
  }

  /**
   * The same for somebody with a verified token, who is a user from then on.
   *
   * @param userId the token's {@code sub}
   */
  public <T> Uni<T> as(String role, String claims, String userId, Supplier<Uni<T>> work) {
    return known.contains(userId)
        ? as(role, claims, work)
        : as(role, claims, () -> ask(CALLER_IS_KNOWN, Boolean.class).chain(work::get))
            .invoke(() -> remember(userId));
  }

  private void remember(String userId) {
    if (known.size() >= KNOWN_MAX) {
      known.clear();
    }
    known.add(userId);
  }

  /** Runs work of the service itself in one transaction: what must be known before rights are. */
  public <T> Uni<T> asService(Supplier<Uni<T>> work) {
    return as(SERVICE, SERVICE_CLAIMS, work);
  }

  /**
   * The same for what runs by itself, where nobody waits and one transaction does much. It has an
   * end too: a job that hears nothing for ever would never be begun again.
   */
  public <T> Uni<T> asJob(Supplier<Uni<T>> work) {
    return as(SERVICE, SERVICE_CLAIMS, work, JOB_MS_MAX);
  }

  /** The same for one whose statements may take a minute. */
  public <T> Uni<T> asPatientJob(Supplier<Uni<T>> work) {
    return Uni.createFrom()
        .deferred(() -> {
          pool.beginPatience();
          return asJob(() -> ask(PATIENCE, String.class).chain(work::get))
              .onTermination()
              .invoke(pool::endPatience);
        });
  }

  /**
   * Within work, goes on in the same transaction as another: what was found with more rights is
   * then worked on with less.
   *
   * @param role {@code authenticated} or {@code service_role}
   * @param claims the other's, as JSON
   */
  public Uni<Void> goOnAs(String role, String claims) {
    return become(role, claims).replaceWithVoid();
  }

  /**
   * Within work, asks a store's own statement.
   *
   * @param sql with {@code ?1}, {@code ?2}, … for the values
   * @param type of the one column
   * @param values none of them null: PostgreSQL could not tell the type
   * @return the rows
   */
  public <T> Uni<List<T>> ask(String sql, Class<T> type, Object... values) {
    return Panache.getSession()
        .chain(session -> {
          var query = session.createNativeQuery(sql, type);
          for (int i = 0; i < values.length; i++) {
            query.setParameter(i + 1, values[i]);
          }
          return query.getResultList();
        });
  }

  private Uni<?> become(String role, String claims) {
    return Panache.getSession()
        .chain(session ->
            session
                .createNativeQuery(become)
                .setParameter(1, role)
                .setParameter(2, claims)
                .getSingleResult())
        .invoke(pool::lent);
  }
}
