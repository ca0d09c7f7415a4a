package dev.voiceledger.live;

import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * A piece of the log: each row that changed once, under the number of its last change there.
 *
 * @param first the number of the first item that was there to be read; 0 where none was
 * @param cursor how far this reaches
 * @param lagSeconds from the writing of the oldest change to now
 */
record Changes(long first, long cursor, double lagSeconds, Map<Change, Long> numbers) {

  static Changes of(RowSet<Row> log, long after, int itemsMax) {
    Map<Change, Long> numbers = new LinkedHashMap<>();
    long first = 0;
    long cursor = after;
    double lagSeconds = 0;
    for (Row row : log) {
      String[] kinds = row.getArrayOfStrings("kinds");
      UUID[] callIds = row.getArrayOfUUIDs("call_ids");
      String[] keys = row.getArrayOfStrings("keys");
      long before = row.getLong("last") - kinds.length;
      first = first == 0 ? before + 1 : first;
      lagSeconds = Math.max(lagSeconds, row.getDouble("lag_seconds"));
      for (int i = 0; i < kinds.length && numbers.size() < itemsMax; i++) {
        long number = before + i + 1;
        if (number > after) {
          Change change = new Change(Change.Kind.valueOf(kinds[i]), callIds[i], keys[i]);
          numbers.remove(change);
          numbers.put(change, number);
          cursor = number;
        }
      }
    }
    return new Changes(first, cursor, lagSeconds, numbers);
  }

  /** As much of it as reaches to a number. */
  Changes upTo(long number) {
    Map<Change, Long> kept = new LinkedHashMap<>();
    numbers.forEach((change, own) -> {
      if (own <= number) {
        kept.put(change, own);
      }
    });
    return new Changes(first, number, lagSeconds, kept);
  }

  boolean isEmpty() {
    return numbers.isEmpty();
  }

  Set<UUID> callIds() {
    return callIds(change -> true);
  }

  Set<UUID> callIds(Predicate<Change> which) {
    return numbers.keySet().stream()
        .filter(which)
        .map(Change::callId)
        .collect(Collectors.toUnmodifiableSet());
  }
}
