package dev.voiceledger.search;

import dev.voiceledger.platform.Database;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.scheduler.Scheduled;
import io.quarkus.scheduler.Scheduled.ConcurrentExecution;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Writes the words of what was said behind the ledger, every second, so that searching costs no
 * message anything. Of all replicas one goes at a time. What is due and the words that follow are
 * taken and written in one transaction, a few parts each, so that a crash loses nothing.
 */
@ApplicationScoped
class WordsRefresh {
  private static final int PARTS_MAX = 32;
  private static final int OPEN_PARTS_MAX = 16;

  /** Then the next second's turn comes, and other jobs before it. */
  private static final int TIMES_MAX = 100;

  private final Database database;
  private final SearchStore store;
  private volatile double lagSeconds;

  WordsRefresh(Database database, SearchStore store, MeterRegistry registry) {
    this.database = database;
    this.store = store;
    Gauge.builder("voiceledger.search.lag", () -> lagSeconds)
        .baseUnit("seconds")
        .description("Age of the oldest message that cannot be found yet")
        .register(registry);
  }

  @Scheduled(every = "1s", concurrentExecution = ConcurrentExecution.SKIP)
  Uni<Void> refresh() {
    return repeated(this::written, TIMES_MAX)
        .chain(() -> repeated(this::closed, TIMES_MAX))
        .chain(() -> database.asService(store::lagSeconds))
        .invoke(seconds -> lagSeconds = seconds)
        .replaceWithVoid();
  }

  private static Uni<Void> repeated(Supplier<Uni<Integer>> work, int times) {
    return times == 0
        ? Uni.createFrom().voidItem()
        : work.get()
            .chain(done -> done == 0 ? Uni.createFrom().voidItem() : repeated(work, times - 1));
  }

  /** How many parts were written. */
  private Uni<Integer> written() {
    return database.asService(() -> store.take(PARTS_MAX).chain(due -> each(due, this::written)));
  }

  private Uni<Integer> closed() {
    return database.asService(
        () -> store.open(OPEN_PARTS_MAX).chain(open -> each(open, this::closed)));
  }

  private Uni<?> closed(Object[] open) {
    return aside(() -> Pieces.of((String) open[2]))
        .chain(pieces -> store.close((UUID) open[0], (Integer) open[1], pieces));
  }

  private static Uni<Integer> each(List<Object[]> rows, Function<Object[], Uni<?>> work) {
    return Multi.createFrom()
        .iterable(rows)
        .onItem()
        .transformToUniAndConcatenate(row -> work.apply(row).replaceWithVoid())
        .collect()
        .last()
        .replaceWith(rows.size());
  }

  private Uni<?> written(Object[] due) {
    UUID callId = (UUID) due[0];
    int part = (Integer) due[1];
    boolean quiet = (Boolean) due[2];
    return store
        .messages(callId, part)
        .chain(rows -> {
          if (rows.isEmpty()) {
            return store.remove(callId, part);
          }
          boolean over = quiet || rows.size() == SearchStore.PART_NUMBERS;
          return aside(() -> Written.of(rows, over))
              .chain(made -> store.write(callId, part, ids(rows), made.folded(), made.pieces()));
        });
  }

  /** Long texts take a while, for which nobody else's answer is to wait. */
  private static <T> Uni<T> aside(Callable<T> work) {
    return Uni.createFrom()
        .completionStage(
            () -> Vertx.currentContext().executeBlocking(work, false).toCompletionStage());
  }

  private record Written(String folded, String pieces) {
    static Written of(List<Object[]> rows, boolean over) {
      String folded =
          rows.stream()
              .map(row -> Folding.of((String) row[1]).folded())
              .collect(Collectors.joining("\n"));
      return new Written(folded, over ? Pieces.of(folded) : "");
    }
  }

  private static String ids(List<Object[]> rows) {
    return rows.stream().map(row -> row[0].toString()).collect(Collectors.joining(","));
  }
}
