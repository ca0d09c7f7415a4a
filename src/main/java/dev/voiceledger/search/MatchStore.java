package dev.voiceledger.search;

import dev.voiceledger.platform.Database;
import io.smallrye.mutiny.Uni;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Where in some calls the words stand, as far as the reader's own rights go. */
final class MatchStore {
  /** Of a long call not all parts are looked through for the best. */
  private static final int PARTS_MAX = 8;

  private static final int MATCHES_MAX = 3;

  /** Messages with most of the patterns first, then in their order. */
  private static final String FOUND =
      """
      select p.call_id, l.message_id
      from unnest(cast(string_to_array(?1, ',') as uuid[])) p (call_id) cross join lateral (
        select w.message_ids[t.line] as message_id
        from (
          select w.* from transcript_words w where w.call_id = p.call_id and (%1$s)
          order by w.part limit %3$d) w
        cross join lateral unnest(string_to_array(w.folded, chr(10)))
          with ordinality t (folded, line)
        where %2$s
        order by %4$s desc, w.part, t.line limit %5$d) l\
      """;

  private static final String MESSAGES =
      """
      select m.call_id, m.id, m.sequence_number, cast(m.role as text), m."timestamp",
        left(m.content, ?1)
      from voice_messages m
      join unnest(cast(string_to_array(?2, ',') as uuid[]),
        cast(string_to_array(?3, ',') as uuid[])) w (call_id, id)
        on m.call_id = w.call_id and m.id = w.id
      order by m.call_id, m.sequence_number\
      """;

  private final Database database;

  MatchStore(Database database) {
    this.database = database;
  }

  /** Calls and messages, some of each call. */
  Uni<List<Object[]>> found(List<UUID> callIds, Words words) {
    List<Object> values = new ArrayList<>();
    values.add(joined(callIds));
    values.addAll(words.patterns());
    String sql =
        FOUND.formatted(
            each(words, "strpos(w.folded, ?%d) > 0", " or "),
            each(words, "strpos(t.folded, ?%d) > 0", " or "),
            PARTS_MAX,
            "(" + each(words, "cast(strpos(t.folded, ?%d) > 0 as integer)", " + ") + ")",
            MATCHES_MAX);
    return database.ask(sql, Object[].class, values.toArray());
  }

  /** Call, id, number, role, time and the searched beginning of what was said. */
  Uni<List<Object[]>> messages(List<Object[]> found) {
    return database.ask(
        MESSAGES,
        Object[].class,
        SearchStore.CONTENT_MAX,
        joined(found.stream().map(row -> row[0]).toList()),
        joined(found.stream().map(row -> row[1]).toList()));
  }

  private static String each(Words words, String condition, String between) {
    return IntStream.range(0, words.patterns().size())
        .mapToObj(i -> condition.formatted(i + 2))
        .collect(Collectors.joining(between));
  }

  private static String joined(List<?> ids) {
    return ids.stream().map(Object::toString).collect(Collectors.joining(","));
  }
}
