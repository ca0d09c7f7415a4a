package dev.voiceledger.retention;

import dev.voiceledger.platform.Replica;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.scheduler.Scheduled;
import io.quarkus.scheduler.Scheduled.ConcurrentExecution;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;

/**
 * Walks what is old and has it forgotten. After each step it rests for twice as long as the step
 * took: so it takes a third of one connection at most, and leaves the more to others the busier the
 * database is.
 */
@ApplicationScoped
class Retention {
  private static final int RESTS = 2;
  private static final long REST_MS_MIN = 10;
  private static final long REST_MS_MAX = 5_000;
  private static final Logger LOG = Logger.getLogger(Retention.class);

  private final RetentionStore store;
  private final RetentionMetrics metrics;
  private final Kept kept;
  private final Replica replica;
  private final Vertx vertx;
  private volatile boolean stopping;

  Retention(
      RetentionStore store, RetentionMetrics metrics, Kept kept, Replica replica, Vertx vertx) {
    this.store = store;
    this.metrics = metrics;
    this.kept = kept;
    this.replica = replica;
    this.vertx = vertx;
  }

  void stop(@Observes ShutdownEvent event) {
    stopping = true;
  }

  @Scheduled(
      every = "{retention.every}",
      delayed = "{retention.every}",
      concurrentExecution = ConcurrentExecution.SKIP)
  Uni<Void> sweep() {
    return walk(kept.rawDays().isPresent(), "webhook_events", this::forgetEvents)
        .chain(() -> walk(kept.callsDays().isPresent(), "voice_calls", this::eraseCalls));
  }

  /** Step by step until there is no more to walk. Where one fails, the next walk goes on. */
  private Uni<Void> walk(boolean wanted, String table, Supplier<Uni<Boolean>> step) {
    if (!wanted) {
      return Uni.createFrom().voidItem();
    }
    return Multi.createBy()
        .repeating()
        .uni(() -> stopping ? Uni.createFrom().item(false) : step.get())
        .whilst(more -> more)
        .collect()
        .last()
        .replaceWithVoid()
        .onFailure()
        .recoverWithUni(failure -> gaveUp(table, failure));
  }

  private Uni<Void> gaveUp(String table, Throwable failure) {
    metrics.failed(table);
    LOG.warnf("retention of %s stopped for now: %s", table, failure.getClass().getName());
    return Uni.createFrom().voidItem();
  }

  private Uni<Boolean> forgetEvents() {
    return rested(
            () -> store.eventsForgotten(replica.id(), kept.rawDays().getAsInt(), kept.failedDays()))
        .invoke(step -> metrics.forgotten(step.removed()))
        .map(RetentionStore.Forgotten::more);
  }

  private Uni<Boolean> eraseCalls() {
    return rested(() -> store.oldCalls(replica.id(), kept.callsDays().getAsInt()))
        .chain(old -> erased(old.ids()).replaceWith(old.more()));
  }

  /** One after the other; one that cannot be erased now is left for the next walk. */
  private Uni<Void> erased(List<UUID> ids) {
    return Multi.createFrom()
        .iterable(ids)
        .onItem()
        .transformToUniAndConcatenate(this::erased)
        .collect()
        .last()
        .replaceWithVoid();
  }

  /** A large call takes several steps. */
  private Uni<Void> erased(UUID call) {
    return Multi.createBy()
        .repeating()
        .uni(() -> stopping ? Uni.createFrom().item(Erased.NOTHING) : step(call))
        .whilst(Erased::more)
        .collect()
        .with(Collectors.reducing(Erased.NOTHING, Erased::and))
        .invoke(erased -> tell(call, erased))
        .replaceWithVoid()
        .onFailure()
        .recoverWithUni(failure -> left(call, failure));
  }

  private Uni<Erased> step(UUID call) {
    return rested(() -> store.erased(replica.id(), call, kept.callsDays().getAsInt()))
        .invoke(step -> metrics.erased(step.rows()));
  }

  private Uni<Void> left(UUID call, Throwable failure) {
    metrics.failed("voice_calls");
    LOG.warnf("retention left callId=%s for the next walk: %s", call, failure.getClass().getName());
    return Uni.createFrom().voidItem();
  }

  /** Which objects elsewhere stay is counted only: their addresses may be keys to them. */
  private void tell(UUID call, Erased erased) {
    if (!erased.rows().isEmpty()) {
      LOG.infof(
          "retention erased callId=%s rows=%s notErased=%d%s",
          call, erased.rows(), erased.notErased(), erased.atLeast() ? "+" : "");
    }
  }

  /** A step, timed, and after it the rest. */
  private <T> Uni<T> rested(Supplier<Uni<T>> step) {
    long begun = System.nanoTime();
    return step.get().call(() -> rest(System.nanoTime() - begun));
  }

  /** On the context that the steps run on: sessions of the database are bound to it. */
  private Uni<Void> rest(long stepNanos) {
    metrics.step(stepNanos);
    long ms = RESTS * TimeUnit.NANOSECONDS.toMillis(stepNanos);
    long bounded = Math.min(Math.max(ms, REST_MS_MIN), REST_MS_MAX);
    return Uni.createFrom()
        .emitter(rested -> vertx.setTimer(bounded, timer -> rested.complete(null)));
  }
}
