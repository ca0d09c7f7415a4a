package dev.voiceledger.report;

import dev.voiceledger.access.Caller;
import dev.voiceledger.ledger.Lanes;
import dev.voiceledger.ledger.Ledger;
import dev.voiceledger.message.Posting;
import dev.voiceledger.message.Stored;
import dev.voiceledger.platform.Aside;
import dev.voiceledger.platform.Problem.Type;
import dev.voiceledger.platform.Turns;
import dev.voiceledger.report.Reports.Kept;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.function.Supplier;

/**
 * From a report to the rows: all of it is read before anything is written, then its items become
 * messages, a few at a time, then its usage rows go in, and last, with these, that it is in. Should
 * something fail on the way, the sender comes again, and what is there already is not written
 * twice.
 */
@ApplicationScoped
class Reporting {
  /**
   * Of all reports together, which are not to fill the queue in which people's own messages wait;
   * it has room for ten times as many.
   */
  private static final int BATCHES_AT_ONCE_MAX = 4;

  /** Less than the time after which a connection on which nothing moves is closed. */
  private static final Duration TIME_MAX = Duration.ofSeconds(20);

  private static final int RETRY_AFTER_SECONDS = 2;

  private final Posting posting;
  private final Lanes<Told, Kept> reports;
  private final Turns turns = new Turns(BATCHES_AT_ONCE_MAX, "reports");

  Reporting(Posting posting, Ledger ledger) {
    this.posting = posting;
    this.reports = ledger.lanes(new Reports());
  }

  /**
   * Keeps a report.
   *
   * @param body as often as it is to be read
   * @return fails with call-not-found where the caller may not report of that call
   */
  Uni<Answer> keep(Caller caller, Supplier<InputStream> body) {
    long deadline = System.nanoTime() + TIME_MAX.toNanos();
    return Aside.of(() -> Report.of(body.get()))
        .chain(report ->
            posting
                .call(caller, report.session().call())
                .map(call -> call.orElseThrow(() -> Type.CALL_NOT_FOUND.because(null)))
                .chain(call -> keep(caller, report, call, body, deadline)));
  }

  private Uni<Answer> keep(
      Caller caller, Report report, UUID callId, Supplier<InputStream> body, long deadline) {
    return Aside.of(() -> Items.of(body.get(), callId))
        .chain(items -> written(caller, items, deadline))
        .chain(messages ->
            Aside.of(() -> new Told(callId, usage(report, callId)))
                .chain(reports::admitted)
                .map(kept -> Answer.of(callId, report, messages, kept)));
  }

  /**
   * One step after the other, and none within the other: else each would hold what it wrote until
   * the last is done, and two of the largest reports at once would fill the heap.
   */
  private Uni<Tally> written(Caller caller, Items items, long deadline) {
    return Multi.createBy()
        .repeating()
        .uni(() -> turns.of(() -> next(caller, items, deadline)))
        .whilst(stored -> !stored.isEmpty())
        .onItem()
        .scan(() -> Tally.NONE, Tally::plus)
        .collect()
        .last();
  }

  /** Whoever comes again after the deadline finds written what was. */
  private Uni<List<Stored>> next(Caller caller, Items items, long deadline) {
    if (System.nanoTime() - deadline > 0) {
      throw Type.OVERLOADED
          .because("not all of it could be written in time: send it again")
          .retryAfter(RETRY_AFTER_SECONDS);
    }
    return Aside.of(items::next)
        .chain(
            some -> some.isEmpty() ? Uni.createFrom().item(List.of()) : posting.post(caller, some));
  }

  private static List<UsageRow> usage(Report report, UUID callId) {
    return report.usage().stream().map(row -> UsageRow.of(row, report.session(), callId)).toList();
  }
}
