package dev.voiceledger.platform;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import java.util.function.Function;

/**
 * One page of a list.
 *
 * @param nextCursor to be sent as {@code cursor} for what follows; null on the last page
 * @param total of all pages; absent unless asked for
 */
public record Page<T>(
    List<T> data,
    boolean hasMore,
    @JsonInclude(JsonInclude.Include.ALWAYS) String nextCursor,
    @JsonInclude(JsonInclude.Include.NON_NULL) Long total) {
  public static final int LIMIT_DEFAULT = 50;
  public static final int LIMIT_MAX = 200;

  /**
   * A page of what was found.
   *
   * @param rows one more than the limit where there are more
   * @param cursor of the last row that is shown, for what follows
   */
  public static <R, T> Page<T> of(
      List<R> rows, int limit, Function<R, T> view, Function<R, String> cursor) {
    boolean more = rows.size() > limit;
    List<R> shown = more ? rows.subList(0, limit) : rows;
    String next = more ? cursor.apply(shown.getLast()) : null;
    return new Page<>(shown.stream().map(view).toList(), more, next, null);
  }

  /** The same page, of so many rows in all. */
  public Page<T> of(long rows) {
    return new Page<>(data, hasMore, nextCursor, rows);
  }
}
