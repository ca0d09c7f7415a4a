package dev.voiceledger.retention;

import io.vertx.core.json.JsonObject;
import java.util.Map;
import java.util.TreeMap;

/**
 * What went of a call, in one step or in all.
 *
 * @param rows how many by table; none where there is no such call, or it goes on
 * @param notErased objects elsewhere that it pointed at, which stay
 * @param atLeast whether there are more of them than were counted
 * @param more whether there is more of the call to erase
 */
record Erased(Map<String, Long> rows, int notErased, boolean atLeast, boolean more) {
  static final Erased NOTHING = new Erased(Map.of(), 0, false, false);

  /** Of what {@code erase_past_retention} says. */
  static Erased of(JsonObject told) {
    Map<String, Long> rows = new TreeMap<>();
    JsonObject erased = told.getJsonObject("erased");
    erased.fieldNames().forEach(table -> rows.put(table, erased.getLong(table)));
    return new Erased(
        rows,
        told.getInteger("not_erased"),
        told.getBoolean("not_erased_has_more"),
        told.getBoolean("more"));
  }

  /** Both, of which the other came later. */
  Erased and(Erased later) {
    Map<String, Long> both = new TreeMap<>(rows);
    later.rows.forEach((table, count) -> both.merge(table, count, Long::sum));
    return new Erased(both, notErased + later.notErased, atLeast || later.atLeast, later.more);
  }
}
