package dev.voiceledger.operate;

import dev.voiceledger.operate.Operations.Calls;
import dev.voiceledger.operate.Operations.FailedEvent;
import dev.voiceledger.operate.Operations.FailedEvents;
import dev.voiceledger.operate.Operations.OpenCall;
import dev.voiceledger.platform.Database;
import dev.voiceledger.platform.Times;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;

/**
 * Questions about the whole, each answered from one end of an index. Counting stops at a bound:
 * past it the exact number helps nobody, and is dear. To be asked within a transaction of the
 * service role, of which the planner knows that it sees every row. OperationsPlansTest has the
 * plans.
 */
@ApplicationScoped
class OperationsStore {
  static final int COUNT_MAX = 50_000;
  private static final int NEWEST = 20;

  static final String KEYS =
      """
      select key, last_heard_at from livekit_keys_heard order by key limit 1000\
      """;

  static final String FAILED =
      """
      select count(*) from (
        select from webhook_events where state = 'failed' limit %d) f\
      """
          .formatted(COUNT_MAX + 1);

  static final String NEWEST_FAILED =
      """
      select id, provider, event, call_id, error, received_at from webhook_events
      where state = 'failed' order by received_at desc limit %d\
      """
          .formatted(NEWEST);

  /**
   * LiveKit's rooms: a call without one is its writer's own, and nobody but its writer ends it. The
   * planner cannot know how rare these are and would read the whole table; of a range, which says
   * the same, it assumes that it is narrow.
   */
  static final String OPEN =
      """
      select count(*) from (
        select from unnest(cast('{pending,active}' as call_status[])) s (status)
        cross join lateral (
          select from voice_calls v
          where v.status between s.status and s.status and v.room_sid is not null limit %1$d) c
        limit %1$d) o\
      """
          .formatted(COUNT_MAX + 1);

  static final String SETTLING =
      """
      select count(*) from (
        select from voice_calls where completeness = 'settling' limit %d) s\
      """
          .formatted(COUNT_MAX + 1);

  static final String OLDEST_OPEN =
      """
      select c.id, c.room_name, cast(c.status as text), c.started_at
      from unnest(cast('{pending,active}' as call_status[])) s (status) cross join lateral (
        select v.id, v.room_name, v.status, v.started_at from voice_calls v
        where v.status = s.status and v.room_sid is not null
        order by v.status desc, v.started_at, v.id limit 1) c
      order by c.started_at, c.id limit 1\
      """;

  /** Of calls the oldest that is over: those that go on are never forgotten. */
  static final String OLDEST_ROWS =
      """
      select (select e.received_at from webhook_events e
          order by e.received_at, e.provider, e.id limit 1),
        (select c.started_at from voice_calls c where c.ended_at is not null
          order by c.started_at, c.id limit 1),
        (select s.swept_at from retention_sweeps s where s.subject = 'webhook_events'),
        (select s.swept_at from retention_sweeps s where s.subject = 'voice_calls')\
      """;

  private final Database database;

  OperationsStore(Database database) {
    this.database = database;
  }

  /** All of it, in a transaction that the caller has opened. */
  Uni<Facts> facts() {
    return heard()
        .chain(heard ->
            failed()
                .chain(failed ->
                    calls()
                        .chain(calls ->
                            oldest().map(oldest -> new Facts(heard, failed, calls, oldest)))));
  }

  private Uni<Map<String, Instant>> heard() {
    return database
        .ask(KEYS, Object[].class)
        .map(rows -> {
          Map<String, Instant> heard = new HashMap<>();
          rows.forEach(row -> heard.put((String) row[0], instant(row[1])));
          return heard;
        });
  }

  private Uni<FailedEvents> failed() {
    return count(FAILED)
        .chain(count ->
            all(NEWEST_FAILED, OperationsStore::failedEvent)
                .map(newest -> new FailedEvents(bounded(count), isWhole(count), newest)));
  }

  private static FailedEvent failedEvent(Object[] row) {
    return new FailedEvent(
        (String) row[0],
        (String) row[1],
        (String) row[2],
        (UUID) row[3],
        (String) row[4],
        text(row[5]));
  }

  private Uni<Calls> calls() {
    return count(OPEN)
        .chain(open ->
            count(SETTLING)
                .chain(settling ->
                    all(OLDEST_OPEN, OperationsStore::openCall)
                        .map(oldest -> calls(open, settling, oldest))));
  }

  private static Calls calls(long open, long settling, List<OpenCall> oldest) {
    return new Calls(
        bounded(open),
        isWhole(open),
        bounded(settling),
        isWhole(settling),
        oldest.isEmpty() ? null : oldest.getFirst());
  }

  private static OpenCall openCall(Object[] row) {
    return new OpenCall((UUID) row[0], (String) row[1], (String) row[2], text(row[3]));
  }

  private Uni<Facts.Oldest> oldest() {
    return all(
            OLDEST_ROWS,
            row ->
                new Facts.Oldest(
                    instant(row[0]), instant(row[1]), instant(row[2]), instant(row[3])))
        .map(List::getFirst);
  }

  private Uni<Long> count(String sql) {
    return database.ask(sql, Long.class).map(List::getFirst);
  }

  private static long bounded(long count) {
    return Math.min(count, COUNT_MAX);
  }

  private static boolean isWhole(long count) {
    return count <= COUNT_MAX;
  }

  private <T> Uni<List<T>> all(String sql, Function<Object[], T> row) {
    return database.ask(sql, Object[].class).map(rows -> rows.stream().map(row).toList());
  }

  private static Instant instant(Object column) {
    return column == null ? null : ((OffsetDateTime) column).toInstant();
  }

  private static String text(Object column) {
    return Times.text(instant(column));
  }
}
