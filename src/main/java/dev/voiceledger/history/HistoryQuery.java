package dev.voiceledger.history;

import dev.voiceledger.platform.Parameters;
import dev.voiceledger.platform.Problem.Type;
import dev.voiceledger.search.Words;
import jakarta.ws.rs.core.MultivaluedMap;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.ResolverStyle;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;

/**
 * What to list of the history. Every filter that is not null narrows it.
 *
 * @param statuses words of {@code call_status}
 * @param words what must stand in the transcript; null for any
 * @param metadata values by key; the value as text or as the JSON that it is
 * @param after the keys of the last row seen, in the order of the sort; null for the first page
 */
record HistoryQuery(
    List<String> statuses,
    UUID userId,
    String agent,
    String roomName,
    OffsetDateTime startedAfter,
    OffsetDateTime startedBefore,
    Integer minDuration,
    Integer maxDuration,
    BigDecimal minCost,
    BigDecimal maxCost,
    Words words,
    Map<String, String> metadata,
    Sort sort,
    boolean descending,
    List<String> after,
    int limit,
    boolean includeTotal) {

  /** With an offset of hours, and minutes and seconds where a time zone has them. */
  private static final DateTimeFormatter AS_POSTGRES =
      new DateTimeFormatterBuilder()
          .append(DateTimeFormatter.ISO_LOCAL_DATE)
          .appendLiteral(' ')
          .append(DateTimeFormatter.ISO_LOCAL_TIME)
          .appendOffset("+HH:mm:ss", "+00")
          .toFormatter(Locale.ROOT)
          .withResolverStyle(ResolverStyle.STRICT);

  private static final int MICROS = 6;
  private static final int OFFSET_MAX = 16 * 3600;
  private static final String METADATA = "metadata.";
  private static final int METADATA_KEYS_MAX = 10;
  private static final int WORDS_MAX = 10;
  private static final Set<String> STATUSES = Set.of("pending", "active", "completed", "failed");
  private static final Set<String> NAMES =
      Set.of(
          "status",
          "user_id",
          "agent",
          "room_name",
          "started_after",
          "started_before",
          "min_duration",
          "max_duration",
          "min_cost",
          "max_cost",
          "q",
          "sort",
          "cursor",
          "limit",
          "include_total");

  /** What a list is ordered by; the figures are those of ended calls. */
  enum Sort {
    started_at,
    duration_seconds,
    total_tokens_used,
    cost_usd;

    boolean ofFigures() {
      return this != started_at;
    }
  }

  static HistoryQuery of(MultivaluedMap<String, String> given) {
    Map<String, String> metadata = new TreeMap<>();
    for (String name : given.keySet()) {
      if (name.startsWith(METADATA) && name.length() > METADATA.length()) {
        metadata.put(
            Parameters.text(name, name, 256).substring(METADATA.length()),
            Parameters.text(name, given.getFirst(name), 1_000));
      } else if (!NAMES.contains(name)) {
        throw Type.INVALID_FIELDS.at(Parameters.text("name", name, 100), "no parameter here");
      }
    }
    if (metadata.size() > METADATA_KEYS_MAX) {
      throw Type.INVALID_FIELDS.at("metadata", "at most " + METADATA_KEYS_MAX + " keys");
    }
    return of(given, metadata);
  }

  private static HistoryQuery of(
      MultivaluedMap<String, String> given, Map<String, String> metadata) {
    String sort = given.getFirst("sort") == null ? "-started_at" : given.getFirst("sort");
    return new HistoryQuery(
        statuses(given.getFirst("status")),
        Parameters.uuid("user_id", given.getFirst("user_id")),
        Parameters.text("agent", given.getFirst("agent"), 256),
        Parameters.text("room_name", given.getFirst("room_name"), 1024),
        Parameters.time("started_after", given.getFirst("started_after")),
        Parameters.time("started_before", given.getFirst("started_before")),
        Parameters.integer("min_duration", given.getFirst("min_duration")),
        Parameters.integer("max_duration", given.getFirst("max_duration")),
        Parameters.decimal("min_cost", given.getFirst("min_cost")),
        Parameters.decimal("max_cost", given.getFirst("max_cost")),
        given.getFirst("q") == null ? null : Words.of(given.getFirst("q")),
        metadata,
        sort(sort),
        sort.startsWith("-"),
        after(given.getFirst("cursor"), sort),
        Parameters.limit(given.getFirst("limit")),
        Parameters.flag("include_total", given.getFirst("include_total")));
  }

  private static List<String> statuses(String given) {
    if (given == null) {
      return null;
    }
    List<String> words = List.of(given.split(",", WORDS_MAX));
    if (!STATUSES.containsAll(words)) {
      throw Type.INVALID_FIELDS.at(
          "status", "some of pending, active, completed, failed, parted by commas");
    }
    return words;
  }

  private static Sort sort(String given) {
    try {
      return Sort.valueOf(given.startsWith("-") ? given.substring(1) : given);
    } catch (IllegalArgumentException unknown) {
      throw Type.INVALID_FIELDS.at(
          "sort",
          "one of started_at, duration_seconds, total_tokens_used, cost_usd; with - before it, the"
              + " greatest first");
    }
  }

  /** A cursor belongs to the sort that it came from. */
  private static List<String> after(String cursor, String sort) {
    List<String> keys = Parameters.cursor(cursor, 3);
    if (keys == null) {
      return null;
    }
    if (!keys.getFirst().equals(sort) || !isKey(sort, keys.get(1))) {
      throw Parameters.notOurs();
    }
    Parameters.uuid("cursor", keys.get(2));
    return keys.subList(1, 3);
  }

  /** What PostgreSQL writes of such a value, and can read: a cursor may be made up. */
  private static boolean isKey(String sort, String key) {
    return sort.endsWith("started_at")
        ? Parameters.cursorTime(key) != null
        : key.matches("[0-9]{1,18}");
  }

  String cursor(String key, UUID id) {
    return Parameters.cursor((descending ? "-" : "") + sort, key, id.toString());
  }

  /** Whether figures of ended calls are asked for, by sort or filter. */
  boolean ofFigures() {
    return sort.ofFigures() || minCost != null || maxCost != null;
  }

  /** As the figures have it, in whole millionths of a dollar. */
  Long minCostMicros() {
    return micros(minCost, RoundingMode.CEILING);
  }

  Long maxCostMicros() {
    return micros(maxCost, RoundingMode.FLOOR);
  }

  private static Long micros(BigDecimal costUsd, RoundingMode rounding) {
    BigDecimal micros = costUsd == null ? null : costUsd.scaleByPowerOfTen(MICROS);
    return micros == null
        ? null
        : (Long)
            micros
                .setScale(0, rounding)
                .max(BigDecimal.valueOf(Long.MIN_VALUE))
                .min(BigDecimal.valueOf(Long.MAX_VALUE))
                .longValue();
  }
}
