package dev.voiceledger.history;

import dev.voiceledger.platform.Database;
import dev.voiceledger.platform.Parameters;
import dev.voiceledger.search.Words;
import io.smallrye.mutiny.Uni;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * Which calls a page has, by keyset over the index of its sort. A person's history is read from
 * {@code call_access}, operators' from {@code voice_calls}, figures from the narrow table that is
 * written behind the ledger. Comparisons of enums and of JSON are not leakproof: under row level
 * security the planner has no statistics of them, so that where one of them is to find the rows,
 * the shape of the statement says so. HistoryPlansTest has the plans.
 */
final class HistoryStore {
  private static final String PERSONS = "call_access a";
  private static final String CALLS = "voice_calls c";
  private static final String CALLS_OF_PERSONS = " join voice_calls c on c.id = a.call_id";
  private static final String FIGURES = " join call_figures f on f.call_id = ";

  /** Found by their metadata first, and then put in order. */
  private static final String BY_METADATA =
      "with c as materialized (select v.* from voice_calls v where v.metadata <> '{}'%s) ";

  /** Each status has an order of its own in the index. */
  private static final String BY_STATUS =
      """
      from unnest(cast(%s as call_status[])) s (status) cross join lateral (
        select c.* from voice_calls c%s and c.status = s.status
        order by c.status%s, c.started_at%s, c.id%s limit %d) c\
      """;

  /** Words that many calls have are soon found among the newest, and would find too many. */
  private static final String OF_NEWEST =
      """
      from (select c.* from voice_calls c%s order by c.started_at%s, c.id%s limit 2000) c
      where true%s\
      """;

  /** What the deletion of a call left to be told, within its transaction. */
  private static final String RECEIPT = "select current_setting('voiceledger.receipt', true)";

  private final List<Object> values = new ArrayList<>();
  private final StringBuilder where = new StringBuilder(" where true");
  private final StringBuilder metadata = new StringBuilder();
  private final StringBuilder saidInNewest = new StringBuilder();
  private final Database database;
  private final HistoryQuery query;
  private final UUID userId;

  /** Whether only the newest calls are looked through for words. */
  private final boolean newest;

  /** The parameter of the statuses; null for any. */
  private String statuses;

  /** Whether a filter asks for a column of the call itself. */
  private boolean ofCalls;

  /** How many of the values belong to filters; those after them to the page. */
  private final int filters;

  /**
   * @param userId whose history; null for everybody's, to be asked as the service
   */
  HistoryStore(Database database, HistoryQuery query, UUID userId) {
    this(database, query, userId, false);
  }

  private HistoryStore(Database database, HistoryQuery query, UUID userId, boolean newest) {
    this.database = database;
    this.query = query;
    this.userId = userId;
    this.newest = newest;
    filter();
    this.filters = values.size();
  }

  /** The id and the sort key of a row, as text. */
  record Key(UUID id, String sortKey) {}

  /** One row more than the page has says that there are more. */
  Uni<List<Key>> page() {
    boolean byNewest =
        userId == null
            && query.words() != null
            && !query.ofFigures()
            && !byStatus()
            && !byMetadata();
    return byNewest
        ? new HistoryStore(database, query, null, true)
            .keys()
            .chain(keys -> keys.size() > query.limit() ? Uni.createFrom().item(keys) : keys())
        : keys();
  }

  private Uni<List<Key>> keys() {
    String order = query.descending() ? " desc" : "";
    String after = after();
    String keys = "select " + id() + ", " + sortKey() + " ";
    String end =
        " order by %s%s, %s%s limit %d".formatted(sortKey(), order, id(), order, query.limit() + 1);
    return database
        .ask(with() + keys + rows(after, order) + end, Object[].class, values.toArray())
        .map(rows -> rows.stream().map(row -> new Key((UUID) row[0], key(row[1]))).toList());
  }

  private String rows(String after, String order) {
    return newest
        ? OF_NEWEST.formatted(where + after, order, order, saidInNewest)
        : byStatus() ? byStatus(after, order) : from() + where + after;
  }

  /** Times in UTC, whatever the database's own zone and style of dates are. */
  private static String key(Object column) {
    return column instanceof OffsetDateTime time ? time.toInstant().toString() : column.toString();
  }

  /** How many rows all pages have. */
  Uni<Long> count() {
    String all = byStatus() ? byStatus("", "").replaceFirst(" limit \\d+", "") : from() + where;
    return database
        .ask(with() + "select count(*) " + all, Long.class, values.subList(0, filters).toArray())
        .map(List::getFirst);
  }

  /** The receipt of the deletion before it, as JSON. */
  static Uni<String> receipt(Database database) {
    return database.ask(RECEIPT, String.class).map(List::getFirst);
  }

  private String with() {
    return byMetadata() ? BY_METADATA.formatted(metadata) : "";
  }

  private boolean byMetadata() {
    return userId == null && !metadata.isEmpty();
  }

  private boolean byStatus() {
    return userId == null && query.statuses() != null && metadata.isEmpty() && !query.ofFigures();
  }

  private String byStatus(String after, String order) {
    int rows = query.limit() + 1;
    return BY_STATUS.formatted(statuses, where + after, order, order, order, rows);
  }

  private String from() {
    String calls = byMetadata() ? "c" : CALLS;
    String figures = query.ofFigures() ? FIGURES + (userId == null ? "c.id" : "a.call_id") : "";
    return "from "
        + (userId == null ? calls : PERSONS + (ofCalls ? CALLS_OF_PERSONS : ""))
        + figures;
  }

  private String sortKey() {
    return switch (query.sort()) {
      case started_at -> userId == null ? "c.started_at" : "a.started_at";
      case cost_usd -> "f.cost_micros";
      case duration_seconds, total_tokens_used -> "f." + query.sort();
    };
  }

  private String id() {
    return query.sort().ofFigures() ? "f.call_id" : userId == null ? "c.id" : "a.call_id";
  }

  private String after() {
    if (query.after() == null) {
      return "";
    }
    String key = query.after().getFirst();
    return " and (%s, %s) %s (%s, cast(%s as uuid))"
        .formatted(
            sortKey(),
            id(),
            query.descending() ? "<" : ">",
            query.sort().ofFigures()
                ? "cast(" + text(key) + " as bigint)"
                : value(Parameters.cursorTime(key).atOffset(ZoneOffset.UTC)),
            text(query.after().get(1)));
  }

  private void filter() {
    if (userId != null) {
      where.append(" and a.user_id = ").append(value(userId));
    }
    String started = userId == null ? "c.started_at" : "a.started_at";
    compare(started, " > ", query.startedAfter());
    compare(started, " < ", query.startedBefore());
    compare("f.cost_micros", " >= ", query.minCostMicros());
    compare("f.cost_micros", " <= ", query.maxCostMicros());
    ofCalls("c.user_id", " = ", query.userId());
    ofCalls("c.agent_name", " = ", query.agent());
    ofCalls("c.room_name", " = ", query.roomName());
    ofCalls("c.duration_seconds", " >= ", query.minDuration());
    ofCalls("c.duration_seconds", " <= ", query.maxDuration());
    ofCalls |= !query.metadata().isEmpty();
    metadata.append(MetadataFilter.of(query.metadata(), this::text));
    if (query.words() != null) {
      query.words().patterns().forEach(this::said);
    }
    if (!byMetadata()) {
      where.append(metadata.toString().replace("v.", "c."));
    }
    if (query.statuses() != null) {
      statuses = text("{" + String.join(",", query.statuses()) + "}");
      if (!byStatus()) {
        ofCalls = true;
        where.append(" and c.status = any (cast(").append(statuses).append(" as call_status[]))");
      }
    }
  }

  /** A person's calls are walked, operators ask the index. */
  private void said(String pattern) {
    String call = userId == null ? "c.id" : "a.call_id";
    String indexed = userId == null && !newest ? text(Words.query(pattern)) : null;
    (newest ? saidInNewest : where)
        .append(" and ")
        .append(Words.condition(call, text(pattern), indexed));
  }

  private void ofCalls(String column, String operator, Object wanted) {
    ofCalls |= wanted != null;
    compare(column, operator, wanted);
  }

  private void compare(String column, String operator, Object wanted) {
    if (wanted != null) {
      where.append(" and ").append(column).append(operator).append(value(wanted));
    }
  }

  /** A parameter that the server is to take for text, whatever it is cast to. */
  private String text(String value) {
    return "cast(" + value(value) + " as text)";
  }

  private String value(Object value) {
    values.add(value);
    return "?" + values.size();
  }
}
