package dev.voiceledger.bench;

import static dev.voiceledger.history.HistoryPages.page;

import dev.voiceledger.TestDatabase;
import dev.voiceledger.TestDatabases;
import dev.voiceledger.history.Tables;
import dev.voiceledger.message.PostWrites;
import dev.voiceledger.platform.AskedDatabase.Asked;
import dev.voiceledger.platform.Parameters;
import java.net.URI;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;

/** A ledger of a size, and what its readers ask, as whoever asks it. */
record SizedLedger(TestDatabase database, int calls) {
  static final String SERVICE =
      "set local role service_role; set local request.jwt.claims = '{\"role\": \"service_role\"}'";

  private static final String USER =
      "set local role authenticated; set local request.jwt.claims = '{\"sub\": \"%s\"}'"
          .formatted(LargeLedger.OWNER);
  private static final int PAGE = 50;

  private static final String CALLS =
      """
      select to_char(started_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') || ' ' || id
      from voice_calls order by started_at desc, id desc offset %d limit %d\
      """;
  private static final String OWNED =
      "select id::text from voice_calls where user_id = '%s' and message_count between 15 and 20"
              .formatted(LargeLedger.OWNER)
          + " and llm_usage_reported order by started_at desc limit 1";
  private static final String PAGE_OF_OWNER =
      "select call_id::text from call_access where user_id = '%s' order by started_at desc limit %d"
          .formatted(LargeLedger.OWNER, PAGE);

  /**
   * A new one; or the one that an earlier run left on a server that somebody keeps: {@code
   * -Dbench.filled.CALLS=NAME}.
   */
  static SizedLedger filled(int calls) {
    TestDatabase fresh = server().fresh();
    String kept = System.getProperty("bench.filled." + calls);
    if (kept != null) {
      return new SizedLedger(
          new TestDatabase(fresh.host(), fresh.port(), kept, fresh.password()), calls);
    }
    if (calls > 0) {
      LargeLedger.fill(fresh, calls);
      System.err.printf("filled: -Dbench.filled.%d=%s%n", calls, fresh.name());
    }
    return new SizedLedger(fresh, calls);
  }

  /** That of DATABASE_URL, as {@code ./voiceledger bench} has it, or one for this run alone. */
  private static TestDatabases server() {
    String url = System.getenv("DATABASE_URL");
    return "full".equals(System.getProperty("bench")) && url != null && !url.isBlank()
        ? TestDatabases.at(URI.create(url.strip()))
        : TestDatabases.on18();
  }

  /** A call of so many messages: of ten and its powers, up to a tenth of the calls. */
  UUID callOf(int messages) {
    int n = calls / 4 + (int) Math.log10(messages);
    return UUID.fromString(
        text("select voiceledger.call_id_of_room('RM_bench%d')::text".formatted(n)));
  }

  /** As they stand in the goals, each by the statements that its route asks in turn. */
  List<Explained> reads() throws SQLException {
    UUID owner = UUID.fromString(LargeLedger.OWNER);
    UUID call = UUID.fromString(text(OWNED));
    String ids =
        Tables.texts(database, PAGE_OF_OWNER).stream()
            .map(id -> "'" + id + "'")
            .collect(Collectors.joining(", "));
    List<Explained> all = new ArrayList<>();
    all.add(asUser("history, first page: which calls", page(owner, Map.of())));
    all.add(asUser("history, first page: their rows", rows("voice_calls", "id in (" + ids + ")")));
    all.add(asUser("messages of a call: where a page ends", PostWrites.nextPage(call, -1, PAGE)));
    all.add(asUser("messages of a call: their rows", messages(call, -1)));
    all.add(asUser("cost of a call: its row", rows("voice_calls", "id = '" + call + "'")));
    all.add(asUser("cost of a call: its usage", rows("call_usage", "call_id = '" + call + "'")));
    all.add(asUser("call_analytics of a call", rows("call_analytics", "id = '" + call + "'")));
    return all;
  }

  /** Days of analytics, by everybody's rows; and what provider statistics cost without a rollup. */
  List<Explained> surveys() throws SQLException {
    String week = "created_at > now() - interval '7 days'";
    String providers =
        "select provider, count(*), sum(tokens_used), sum(cost_usd), avg(latency_ms),"
            + " min(created_at), max(created_at) from voice_messages"
            + " where created_at > now() - interval '30 days' group by provider";
    return List.of(
        asService("call_analytics of 7 days", rows("call_analytics", week)),
        asService("figures of a provider, 30 days", new Asked(providers, List.of())));
  }

  /** The first page and a page far behind, of everybody's calls and of the longest call. */
  List<Explained> pages(int pages, int longest) throws SQLException {
    List<Explained> all = new ArrayList<>();
    all.add(asService("list, page 1", page(null, Map.of())));
    String[] last = text(CALLS.formatted((pages - 1) * PAGE - 1, 1)).split(" ");
    String cursor = Parameters.cursor("-started_at", last[0], last[1]);
    all.add(asService("list, page " + pages, page(null, Map.of("cursor", cursor))));
    UUID call = callOf(longest);
    int after = longest - 2 * PAGE;
    all.add(asService("messages, page 1: its end", PostWrites.nextPage(call, -1, PAGE)));
    all.add(asService("messages, last but one: its end", PostWrites.nextPage(call, after, PAGE)));
    all.add(asService("messages, page 1: rows", messages(call, -1)));
    all.add(asService("messages, last but one: rows", messages(call, after)));
    return all;
  }

  /** What Hibernate makes of {@code Message.page}. */
  private static Asked messages(UUID call, int after) {
    String where =
        "call_id = '%s' and sequence_number > %d and sequence_number <= %d order by sequence_number"
            .formatted(call, after, Integer.MAX_VALUE);
    return rows("voice_messages", where + " fetch first 50 rows only");
  }

  private static Asked rows(String table, String where) {
    return new Asked("select * from " + table + " where " + where, List.of());
  }

  private Explained asUser(String name, Asked asked) throws SQLException {
    return Explained.of(database, name, USER, asked);
  }

  private Explained asService(String name, Asked asked) throws SQLException {
    return Explained.of(database, name, SERVICE, asked);
  }

  private String text(String sql) {
    return Tables.texts(database, sql).getFirst();
  }
}
