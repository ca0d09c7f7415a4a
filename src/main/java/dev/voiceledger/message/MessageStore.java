package dev.voiceledger.message;

import dev.voiceledger.platform.Database;
import io.smallrye.mutiny.Uni;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Questions about the messages of a call, asked as whoever may see it. */
final class MessageStore {
  /** Whose call it is. */
  static final String OWNER = "select user_id from voice_calls where id = ?1";

  /** Of a page, unless its first message alone is more. */
  private static final int PAGE_BYTES_MAX = 1 << 20;

  /**
   * The number with which the next page begins. Sizes are known without the texts; only of large
   * metadata, which is kept compressed, the text must be made.
   */
  private static final String NEXT_PAGE =
      """
      select p.sequence_number from (
        select m.sequence_number, row_number() over call as place, sum(m.bytes) over (
          call rows between unbounded preceding and 1 preceding) as bytes_before
        from (
          select sequence_number, octet_length(content) + case
              when pg_column_size(metadata) > 1000 then octet_length(metadata::text)
              else pg_column_size(metadata) end as bytes
          from voice_messages where call_id = ?1 and sequence_number > ?2
          order by sequence_number limit ?3 + 1) m
        window call as (order by m.sequence_number)) p
      where p.place > ?3 or p.bytes_before > ?4
      order by p.sequence_number limit 1\
      """;

  private MessageStore() {}

  /** Empty where all that follows a number is one page. */
  static Uni<Optional<Integer>> nextPage(Database database, UUID callId, int after, int limit) {
    return database
        .ask(NEXT_PAGE, Integer.class, callId, after, limit, PAGE_BYTES_MAX)
        .map(List::stream)
        .map(found -> found.findFirst());
  }
}
