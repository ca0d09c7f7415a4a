package dev.voiceledger.ledger;

import dev.voiceledger.ledger.LedgerUnavailable.Reason;
import dev.voiceledger.platform.Problem;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The lanes of one kind. Entries of one call meet in one lane; two groups under way are enough for
 * two cores and for many: more only wait for each other's rows (measured).
 */
public final class Lanes<E, R> {
  private static final int LANES = 2;
  private static final int AT_ONCE_MAX = Lane.GROUP_MAX / 2;

  private final Kind<E, R> kind;
  private final List<Lane<E, R>> lanes;
  private final LongAdder refused = new LongAdder();
  private volatile boolean stopping;

  Lanes(Kind<E, R> kind, IntFunction<Lane<E, R>> lane) {
    this.kind = kind;
    this.lanes = IntStream.range(0, LANES).mapToObj(lane).toList();
  }

  /**
   * Writes an entry with whatever else is waiting.
   *
   * @return what became of it, once durable; fails with {@link LedgerUnavailable} when it cannot be
   *     written now, and then the sender has to come again
   */
  public Future<R> admit(E entry) {
    if (stopping) {
      return Future.failedFuture(new LedgerUnavailable(Reason.STOPPING, "the service is stopping"));
    }
    return lanes.get(lane(entry)).offer(entry).onFailure(why -> refused.increment());
  }

  /**
   * The same for a request, which goes on where it was: the ledger answers on a context of its own,
   * and a database session is bound to the request's. Fails with a problem.
   */
  public Uni<R> admitted(E entry) {
    Context request = Vertx.currentContext();
    return Uni.createFrom()
        .completionStage(() -> admit(entry).toCompletionStage())
        .onFailure(LedgerUnavailable.class)
        .transform(away -> ((LedgerUnavailable) away).problem().asException())
        .emitOn(answer -> request.runOnContext(now -> answer.run()));
  }

  /**
   * The same for several: one for each, in their order. Of a long list some wait outside, so that a
   * few long lists do not fill the queue.
   *
   * @param refusal what is said of an entry that is not written: the others are not to be answered
   *     as if they were not on disk
   * @param kept what is kept of each result until all are there, in their order
   */
  public Uni<List<R>> admitted(
      List<E> entries, Function<Problem, R> refusal, UnaryOperator<R> kept) {
    Context request = Vertx.currentContext();
    return Uni.createFrom()
        .completionStage(() -> all(entries, refusal, kept).toCompletionStage())
        .emitOn(answer -> request.runOnContext(now -> answer.run()));
  }

  private Future<List<R>> all(
      List<E> entries, Function<Problem, R> refusal, UnaryOperator<R> kept) {
    int some = Math.min(entries.size(), AT_ONCE_MAX);
    Future<List<R>> first =
        Future.all(entries.subList(0, some).stream().map(each -> admit(each, refusal)).toList())
            .map(all -> all.<R>list().stream().map(kept).toList());
    return some == entries.size()
        ? first
        : first.compose(told ->
            all(entries.subList(some, entries.size()), refusal, kept)
                .map(rest -> Stream.concat(told.stream(), rest.stream()).toList()));
  }

  private Future<R> admit(E entry, Function<Problem, R> refusal) {
    return admit(entry)
        .recover(why ->
            why instanceof LedgerUnavailable refused
                ? Future.succeededFuture(refusal.apply(refused.problem()))
                : Future.failedFuture(why));
  }

  private int lane(E entry) {
    int hash = kind.callId(entry) != null ? kind.callId(entry).hashCode() : kind.hash(entry);
    return Math.floorMod(hash ^ hash >>> 16, lanes.size());
  }

  /** How many entries were not taken since the start: whoever sent them may not come again. */
  long refused() {
    return refused.sum();
  }

  /** Entries that wait for their group. */
  int depth() {
    return lanes.stream().mapToInt(Lane::depth).sum();
  }

  Future<?> close() {
    stopping = true;
    return Future.join(lanes.stream().map(Lane::close).toList());
  }
}
