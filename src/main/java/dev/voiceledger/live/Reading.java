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
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jboss.logging.Logger;

/**
 * Within the transaction of a {@link LiveConnection}, from a piece of the log to the news for a
 * cohort: one question for the rights of all persons, one for those of all holders of join tokens,
 * and one for the rows of each kind.
 */
final class Reading {
  private static final long SLICE_BYTES_MAX = 4 * 1024 * 1024;
  private static final Logger LOG = Logger.getLogger(Reading.class);

  private final LiveConnection connection;
  private final Cohort cohort;
  private final ObjectMapper json;
  private Changes changes;
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
        .compose(seen -> removed(holders).map(removed -> new Sight(seen, holders, removed)))
        .compose(sight ->
            lengths(wanted(sight))
                .compose(lengths -> events(slice(lengths), lengths))
                .map(done -> new News(changes, sight, events)));
  }

  private Future<Map<UUID, Set<UUID>>> seen(Set<UUID> persons, Set<UUID> calls) {
    Map<UUID, Set<UUID>> seen = new HashMap<>();
    if (persons.isEmpty() || calls.isEmpty()) {
      return Future.succeededFuture(seen);
    }
    return connection
        .ask(
            AudienceStore.SEEN, Tuple.of(uuids(persons, id -> id)).addValue(uuids(calls, id -> id)))
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
            times(holders, reader -> reader.caller().join().issued()),
            texts(holders, reader -> reader.followsRoom() ? reader.caller().join().room() : null),
            times(holders, reader -> reader.caller().join().from()),
            times(holders, reader -> reader.caller().join().expires()));
    return connection
        .ask(AudienceStore.REMOVED, values)
        .map(rows -> {
          Set<Reader> removed = new HashSet<>();
          rows.forEach(row -> removed.add(holders.get(row.getLong(0).intValue() - 1)));
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

  /** Of the rows that are there, in the order of their numbers. */
  private Future<Map<Change, Integer>> lengths(List<Change> wanted) {
    Map<Change, Integer> found = new HashMap<>();
    return each(wanted, (kind, these) -> lengths(kind, these, found)).map(done -> found);
  }

  private Future<?> lengths(Kind kind, List<Change> these, Map<Change, Integer> found) {
    if (kind == Kind.erased) {
      these.forEach(change -> found.put(change, 0));
      return Future.succeededFuture();
    }
    return connection
        .ask(lengthsSql(kind), keys(kind, these))
        .map(rows -> {
          rows.forEach(row ->
              found.put(
                  new Change(kind, row.getUUID("call_id"), row.getString("key")),
                  row.getInteger("length")));
          return found;
        });
  }

  /** As many as may be in memory at once; the next ones are read when these are told. */
  private List<Change> slice(Map<Change, Integer> lengths) {
    List<Change> slice = new ArrayList<>();
    long bytes = 0;
    long before = 0;
    for (Map.Entry<Change, Long> one : changes.numbers().entrySet()) {
      int length = lengths.getOrDefault(one.getKey(), 0);
      bytes += length > Event.BYTES_MAX ? 0 : length;
      if (bytes > SLICE_BYTES_MAX) {
        changes = changes.upTo(before);
        return slice;
      }
      before = one.getValue();
      if (lengths.containsKey(one.getKey())) {
        slice.add(one.getKey());
      }
    }
    return slice;
  }

  private Future<Void> events(List<Change> slice, Map<Change, Integer> lengths) {
    Set<Change> untold = new HashSet<>(slice);
    List<Change> told =
        slice.stream().filter(change -> lengths.get(change) <= Event.BYTES_MAX).toList();
    return each(told, (kind, these) -> rows(kind, these, untold))
        .map(done -> {
          untold.forEach(
              change -> events.add(Event.reset(changes.numbers().get(change), change.callId())));
          events.sort(Comparator.comparingLong(Event::number));
          return null;
        });
  }

  private static Future<?> each(List<Change> all, BiFunction<Kind, List<Change>, Future<?>> what) {
    List<Future<?>> done = new ArrayList<>();
    for (Kind kind : Kind.values()) {
      List<Change> these = all.stream().filter(change -> change.is(kind)).toList();
      if (!these.isEmpty()) {
        done.add(what.apply(kind, these));
      }
    }
    return Future.all(done);
  }

  private static Tuple keys(Kind kind, List<Change> these) {
    Tuple calls = Tuple.of(uuids(these, Change::callId));
    return kind == Kind.call || kind == Kind.erased
        ? calls
        : calls.addValue(texts(these, Change::key));
  }

  private static String lengthsSql(Kind kind) {
    return switch (kind) {
      case call, erased -> ChangedStore.CALL_LENGTHS;
      case participant -> ChangedStore.PARTICIPANT_LENGTHS;
      case recording -> ChangedStore.RECORDING_LENGTHS;
      case message -> ChangedMessageStore.MESSAGE_LENGTHS;
    };
  }

  private Future<?> rows(Kind kind, List<Change> these, Set<Change> untold) {
    return switch (kind) {
      case call -> rows(kind, these, untold, ChangedStore.CALLS, ChangedStore::call);
      case participant ->
          rows(kind, these, untold, ChangedStore.PARTICIPANTS, ChangedStore::participant);
      case recording -> rows(kind, these, untold, ChangedStore.RECORDINGS, ChangedStore::recording);
      case message ->
          rows(kind, these, untold, ChangedMessageStore.MESSAGES, ChangedMessageStore::message);
      case erased ->
          connection.ask(LiveStore.ERASED, keys(kind, these)).map(rows -> erased(rows, untold));
    };
  }

  private Future<?> rows(
      Kind kind, List<Change> these, Set<Change> untold, String sql, Function<Row, Changed> read) {
    return connection
        .ask(sql, keys(kind, these))
        .map(rows -> {
          rows.forEach(row -> changed(kind, row, read, untold));
          return rows;
        });
  }

  /** A row that is none of what we know how to show must not keep the others from being told. */
  private void changed(Kind kind, Row row, Function<Row, Changed> read, Set<Change> untold) {
    try {
      Changed shown = read.apply(row);
      Change change = new Change(kind, shown.callId(), shown.key());
      events.add(Event.of(changes.numbers().get(change), kind, shown, json));
      untold.remove(change);
    } catch (RuntimeException broken) {
      LOG.errorf("a %s cannot be shown: %s", kind, broken.getClass().getName());
    }
  }

  private RowSet<Row> erased(RowSet<Row> rows, Set<Change> untold) {
    for (Row row : rows) {
      Change change = new Change(Kind.erased, row.getUUID(0), "");
      events.add(Event.erased(changes.numbers().get(change), row.getUUID(0), row.getLong(1)));
      untold.remove(change);
    }
    return rows;
  }
}
