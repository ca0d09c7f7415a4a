package dev.voiceledger.call;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.IntFunction;

/** Rows turned into the arrays that {@code unnest} takes, one a column. */
public final class Columns {
  private Columns() {}

  /** A column of any type. */
  public static <R, T> T[] column(
      Collection<R> rows, Function<R, T> field, IntFunction<T[]> array) {
    T[] values = array.apply(rows.size());
    int i = 0;
    for (R row : rows) {
      values[i++] = field.apply(row);
    }
    return values;
  }

  /** A column of text. */
  public static <R> String[] texts(Collection<R> rows, Function<R, String> field) {
    return column(rows, field, String[]::new);
  }

  /** A column of uuids. */
  public static <R> UUID[] uuids(Collection<R> rows, Function<R, UUID> field) {
    return column(rows, field, UUID[]::new);
  }

  /** A column of times. */
  public static <R> OffsetDateTime[] times(Collection<R> rows, Function<R, Instant> field) {
    return column(rows, row -> utc(field.apply(row)), OffsetDateTime[]::new);
  }

  private static OffsetDateTime utc(Instant instant) {
    return instant == null ? null : instant.atOffset(ZoneOffset.UTC);
  }
}
