package dev.voiceledger.search;

import dev.voiceledger.platform.Aside;
import dev.voiceledger.platform.Database;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.scheduler.Scheduled;
import io.quarkus.scheduler.Scheduled.ConcurrentExecution;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;

/**
 * Writes the words of what was said behind the ledger, every other second, so that searching costs
 * no message anything. Of all replicas one goes at a time. What is due and the words that follow
 * are taken and written in one transaction, a few parts each, so that a crash loses nothing.
 * Between two statements stands the folding of one part, a million characters at most. A part that
 * fails is put off, so that no other waits for it.
 */
@ApplicationScoped
class WordsRefresh {
  private static final Logger LOG = Logger.getLogger(WordsRefresh.class);

  /** Their calls cannot be erased meanwhile. */
  private static final int PARTS_MAX = 32;

  private static final int OPEN_PARTS_MAX = 16;

  /** Then the next turn comes, and other jobs before it. */
  private static final int TIMES_MAX = 100;

  private final Database database;
  private final SearchStore store;
  private final Counter failed;
  private volatile double lagSeconds;

  WordsRefresh(Database database, SearchStore store, MeterRegistry registry) {
    this.database = database;
    this.store = store;
    this.failed =
        Counter.builder("voiceledger.search.parts.failed")
            .description("Parts of transcripts whose words could not be written and were put off")
            .register(registry);
    Gauge.builder("voiceledger.search.lag", () -> lagSeconds)
        .baseUnit("seconds")
        .description("Age of the oldest message that cannot be found yet")
        .register(registry);
  }

  @Scheduled(every = "2s", concurrentExecution = ConcurrentExecution.SKIP)
  Uni<Void> refresh() {
    return repeated(this::written, TIMES_MAX)
        .chain(() -> repeated(this::closed, TIMES_MAX))
        .chain(() -> database.asJob(store::lagSeconds))
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
    return batch(
        () -> store.take(PARTS_MAX),
        this::written,
        due -> store.putOff((UUID) due[0], (Integer) due[1]));
  }

  /** One that cannot be cut into pieces is looked through instead. */
  private Uni<Integer> closed() {
    return batch(
        () -> store.open(OPEN_PARTS_MAX),
        this::closed,
        open -> store.close((UUID) open[0], (Integer) open[1], Pieces.ANY));
  }

  /** All of some parts, or none; then the one at which it failed is out of the way. */
  private Uni<Integer> batch(
      Supplier<Uni<List<Object[]>>> some,
      Function<Object[], Uni<?>> work,
      Function<Object[], Uni<?>> instead) {
    AtomicReference<Object[]> at = new AtomicReference<>();
    return database
        .asJob(() ->
            some.get()
                .chain(rows ->
                    each(
                        rows,
                        row -> {
                          at.set(row);
                          return work.apply(row);
                        })))
        .onFailure(why -> at.get() != null)
        .recoverWithUni(why -> outOfTheWay(at.get(), why, instead));
  }

  private Uni<Integer> outOfTheWay(
      Object[] part, Throwable why, Function<Object[], Uni<?>> instead) {
    failed.increment();
    LOG.warnf(
        "words could not be written, callId=%s part=%s: %s",
        part[0], part[1], why.getClass().getName());
    return database.asJob(() -> instead.apply(part).replaceWith(1));
  }

  private Uni<?> closed(Object[] open) {
    return Aside.of(() -> Pieces.of((String) open[2]))
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
          return Aside.of(() -> Written.of(rows, over))
              .chain(made -> store.write(callId, part, ids(rows), made.folded(), made.pieces()));
        });
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
