package dev.voiceledger.platform;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;

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

  /** The same page, of so many rows in all. */
  public Page<T> of(long rows) {
    return new Page<>(data, hasMore, nextCursor, rows);
  }
}
