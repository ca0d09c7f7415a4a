package dev.voiceledger.history;

import dev.voiceledger.platform.Database;
import io.smallrye.mutiny.Uni;
import io.vertx.core.json.JsonObject;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * The reads that Panache has no words for: which calls a page has, by keyset over the index of its
 * sort. A person's history is read from {@code call_access}, newest first; operators' from {@code
 * voice_calls}; figures from the narrow table that is written behind the ledger.
 */
final class HistoryStore {
  private static final String PERSONS =
      """
      from call_access a join voice_calls c on c.id = a.call_id\
      """;
  private static final String OPERATORS = "from voice_calls c";
  private static final String FIGURES = " join call_figures f on f.call_id = c.id";

  /** What the deletion of a call left to be told, within its transaction. */
  private static final String RECEIPT = "select current_setting('voiceledger.receipt', true)";

  private static final String REFRESH = "select voiceledger.refresh_figures(?1)";

  private final List<Object> values = new ArrayList<>();
  private final StringBuilder where = new StringBuilder(" where true");
  private final Database database;
  private final HistoryQuery query;
  private final UUID userId;

  /** How many of the values belong to filters; those after them to the page. */
  private final int filters;

  /**
   * @param userId whose history; null for everybody's
   */
  HistoryStore(Database database, HistoryQuery query, UUID userId) {
    this.database = database;
    this.query = query;
    this.userId = userId;
    filter();
    this.filters = values.size();
  }

  /** The id and the sort key of a row, as text. */
  record Key(UUID id, String sortKey) {}

  /** One row more than the page has says that there are more. */
  Uni<List<Key>> page() {
    String key = sortKey();
    String order = query.descending() ? " desc" : "";
    String sql =
        "select c.id, cast("
            + key
            + " as text) "
            + from()
            + where
            + after(key)
            + " order by "
            + key
            + order
            + ", "
            + sortId()
            + order
            + " limit "
            + (query.limit() + 1);
    return database
        .ask(sql, Object[].class, values.toArray())
        .map(rows -> rows.stream().map(row -> new Key((UUID) row[0], (String) row[1])).toList());
  }

  /** How many rows all pages have. */
  Uni<Long> count() {
    return database
        .ask("select count(*) " + from() + where, Long.class, values.subList(0, filters).toArray())
        .map(List::getFirst);
  }

  /** Takes the figures of so many calls anew; answers how many it took. */
  static Uni<Integer> figuresRefreshed(Database database, int callsMax) {
    return database
        .asService(() -> database.ask(REFRESH, Integer.class, callsMax))
        .map(List::getFirst);
  }

  /** The receipt of the deletion before it, as JSON. */
  static Uni<String> receipt(Database database) {
    return database.ask(RECEIPT, String.class).map(List::getFirst);
  }

  private String from() {
    return (userId == null ? OPERATORS : PERSONS) + (query.ofFigures() ? FIGURES : "");
  }

  private String sortKey() {
    if (query.sort().ofFigures()) {
      return "f." + query.sort();
    }
    return (userId == null ? "c." : "a.") + query.sort();
  }

  private String sortId() {
    return query.sort().ofFigures() ? "f.call_id" : userId == null ? "c.id" : "a.call_id";
  }

  private String after(String key) {
    if (query.after() == null) {
      return "";
    }
    String type =
        switch (query.sort()) {
          case started_at -> "timestamptz";
          case cost_usd -> "numeric";
          case duration_seconds, total_tokens_used -> "integer";
        };
    String row = "(cast(" + text(query.after().get(0)) + " as " + type + "), ";
    String id = "cast(" + text(query.after().get(1)) + " as uuid))";
    return " and (" + key + ", " + sortId() + ") " + (query.descending() ? "< " : "> ") + row + id;
  }

  private void filter() {
    if (userId != null) {
      where.append(" and a.user_id = ").append(value(userId));
    }
    if (query.statuses() != null) {
      String words = text("{" + String.join(",", query.statuses()) + "}");
      where.append(" and c.status = any (cast(").append(words).append(" as call_status[]))");
    }
    equal("c.user_id", query.userId());
    equal("c.agent_name", query.agent());
    equal("c.room_name", query.roomName());
    String started = (userId == null ? "c" : "a") + ".started_at";
    compare(started, " > ", query.startedAfter());
    compare(started, " < ", query.startedBefore());
    compare("c.duration_seconds", " >= ", query.minDuration());
    compare("c.duration_seconds", " <= ", query.maxDuration());
    compare("f.cost_usd", " >= ", query.minCost());
    compare("f.cost_usd", " <= ", query.maxCost());
    query.metadata().entrySet().forEach(this::contains);
  }

  private void equal(String column, Object wanted) {
    compare(column, " = ", wanted);
  }

  private void compare(String column, String operator, Object wanted) {
    if (wanted != null) {
      where.append(" and ").append(column).append(operator).append(value(wanted));
    }
  }

  /** A value in an address is text; in the metadata it may be a number, true or false. */
  private void contains(Map.Entry<String, String> wanted) {
    where
        .append(" and c.metadata <> '{}' and (")
        .append(contains(wanted.getKey(), wanted.getValue()));
    if (wanted.getValue().matches("true|false")) {
      where.append(" or ").append(contains(wanted.getKey(), wanted.getValue().equals("true")));
    } else if (wanted.getValue().matches("-?[0-9]{1,15}(\\.[0-9]{1,9})?")) {
      where.append(" or ").append(contains(wanted.getKey(), new BigDecimal(wanted.getValue())));
    }
    where.append(')');
  }

  private String contains(String key, Object value) {
    return "c.metadata @> cast(" + text(new JsonObject().put(key, value).encode()) + " as jsonb)";
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
