package dev.voiceledger.live;

import static dev.voiceledger.call.Columns.texts;
import static dev.voiceledger.call.Columns.times;
import static dev.voiceledger.call.Columns.uuids;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.voiceledger.access.AudienceStore;
import dev.voiceledger.history.Changed;
import dev.voiceledger.history.ChangedStore;
import dev.voiceledger.live.Change.Kind;
import dev.voiceledger.message.ChangedMessageStore;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;

/**
 * Within the transaction of a {@link LiveConnection}, from a piece of the log to the news for a
 * cohort: one question for the rights of all persons, one for those of all holders of join tokens,
 * and one for the rows of each kind.
 */
final class Reading {
  private final LiveConnection connection;
  private final Cohort cohort;
  private final Changes changes;
  private final ObjectMapper json;
  private final List<Event> events = new ArrayList<>();

  Reading(LiveConnection connection, Cohort cohort, Changes changes, ObjectMapper json) {
    this.connection = connection;
    this.cohort = cohort;
    this.changes = changes;
    this.json = json;
  }

  Future<News> news() {
    Set<UUID> calls = changes.callIds();
    List<Reader> holders = cohort.holders(changes);
    return seen(cohort.persons(calls), calls)
        .compose(seen -> removed(holders).map(removed -> new Sight(seen, removed)))
        .compose(sight -> events(wanted(sight)).map(done -> new News(changes, sight, events)));
  }

  private Future<Map<UUID, Set<UUID>>> seen(Set<UUID> persons, Set<UUID> calls) {
    Map<UUID, Set<UUID>> seen = new HashMap<>();
    if (persons.isEmpty() || calls.isEmpty()) {
      return Future.succeededFuture(seen);
    }
    return connection
        .ask(AudienceStore.SEEN, Tuple.of(uuids(persons, id -> id), uuids(calls, id -> id)))
        .map(rows -> {
          rows.forEach(row ->
              seen.computeIfAbsent(row.getUUID(0), user -> new HashSet<>()).add(row.getUUID(1)));
          return seen;
        });
  }

  private Future<Set<Reader>> removed(List<Reader> holders) {
    if (holders.isEmpty()) {
      return Future.succeededFuture(Set.of());
    }
    Tuple values =
        Tuple.of(
            uuids(holders, Reader::callId),
            texts(holders, reader -> reader.caller().join().identity()),
            times(holders, reader -> reader.caller().join().issued()));
    return connection
        .ask(AudienceStore.REMOVED, values)
        .map(rows -> {
          Set<Reader> removed = new HashSet<>();
          rows.forEach(row -> removed.add(holders.get(row.getLong(0).intValue() - 1)));
          holders.forEach(Reader::markJudged);
          return removed;
        });
  }

  /** What nobody here looks at need not be read. */
  private List<Change> wanted(Sight sight) {
    Set<UUID> seen = new HashSet<>();
    sight.seen().values().forEach(seen::addAll);
    return changes.numbers().keySet().stream()
        .filter(change ->
            cohort.seesAll()
                || change.is(Kind.erased)
                || cohort.looksAt(change.callId())
                || seen.contains(change.callId()))
        .toList();
  }

  private Future<Void> events(List<Change> wanted) {
    List<Future<?>> all = new ArrayList<>();
    for (Kind kind : Kind.values()) {
      List<Change> these = wanted.stream().filter(change -> change.is(kind)).toList();
      if (!these.isEmpty()) {
        all.add(rows(kind, these));
      }
    }
    return Future.all(all)
        .map(done -> {
          events.sort(Comparator.comparingLong(Event::number));
          return null;
        });
  }

  private Future<RowSet<Row>> rows(Kind kind, List<Change> these) {
    Tuple calls = Tuple.of(uuids(these, Change::callId));
    Tuple keys = Tuple.of(uuids(these, Change::callId), texts(these, Change::key));
    return switch (kind) {
      case call -> rows(kind, ChangedStore.CALLS, calls, ChangedStore::call);
      case participant -> rows(kind, ChangedStore.PARTICIPANTS, keys, ChangedStore::participant);
      case recording -> rows(kind, ChangedStore.RECORDINGS, keys, ChangedStore::recording);
      case message -> rows(kind, ChangedMessageStore.MESSAGES, keys, ChangedMessageStore::message);
      case erased ->
          connection
              .ask(LiveStore.ERASED, calls)
              .onSuccess(rows -> rows.forEach(row -> erased(row.getUUID(0), row.getLong(1))));
    };
  }

  private Future<RowSet<Row>> rows(
      Kind kind, String sql, Tuple values, Function<Row, Changed> changed) {
    return connection
        .ask(sql, values)
        .onSuccess(rows -> rows.forEach(row -> changed(kind, changed.apply(row))));
  }

  private void changed(Kind kind, Changed row) {
    long number = changes.numbers().get(new Change(kind, row.callId(), row.key()));
    events.add(Event.of(number, kind, row, json));
  }

  private void erased(UUID callId, long version) {
    long number = changes.numbers().get(new Change(Kind.erased, callId, ""));
    events.add(Event.erased(number, callId, version));
  }
}
