package dev.voiceledger.schema;

import dev.voiceledger.QueryPlan;
import dev.voiceledger.TestDatabase;
import dev.voiceledger.TestDatabases;
import dev.voiceledger.search.Words;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * How words are looked for among 100,000 calls, each with some 40 words: of one person with 1,000
 * calls and of everybody; words that one, some, or nearly all calls have, or none.
 */
class SearchPlansTest {
  private static final Path GENERATED = Path.of("src/test/resources/history.generate.sql");

  /**
   * Word n of 5,000 is about n times rarer than the first, and is written as letters; the pieces
   * are those that the service writes.
   */
  private static final String WORDS =
      """
      create temporary table vocabulary as
        select n, word, '{}'::text[] as pieces
        from (select n, translate(md5(n::text), '0123456789', 'ghijklmnop') as word
              from generate_series(0, 4999) n) w;
      update vocabulary set word = left(word, 4 + n % 8);
      update vocabulary set pieces = array['^' || left(word, 1), '^' || left(word, 2)]
          || array(select distinct substr(word, i, 3) from generate_series(1, length(word) - 2) i);
      create unique index on vocabulary (n);
      drop index idx_transcript_words_words;
      insert into transcript_words (call_id, part, message_ids, folded, words, changed_at)
        select c.id, 0, '{}', said.folded, array_to_tsvector(said.pieces), now() - interval '1 hour'
        from (select id, row_number() over (order by id) as k from voice_calls) c
        cross join lateral (
          select string_agg(' ' || v.word, '' order by i) as folded,
            array(select distinct p from unnest(string_to_array(
              string_agg(array_to_string(v.pieces, ' '), ' '), ' ')) p) as pieces
          from (select i, least(4999, floor(exp(
                ((k * 7919 + i * 104729) % 1000003) / 1000003.0 * ln(5000)))::int) as n
                from generate_series(1, 40) i) r
          join vocabulary v using (n)) said;
      create index idx_transcript_words_words on transcript_words
        using gin (words) with (fastupdate = off);
      create table said_words as select n, word from vocabulary;
      vacuum analyze transcript_words\
      """;

  private static final String OWNER = "00000000-0000-4000-8000-000000000000";
  private static final String PERSON =
      "set local role authenticated; set local request.jwt.claims = '{\"sub\": \"" + OWNER + "\"}'";
  private static final String SERVICE = "set local role service_role";

  private static final String OF_PERSON =
      """
      select a.call_id, a.started_at from call_access a where true and a.user_id = '%s' and %s
      order by a.started_at desc, a.call_id desc limit 51\
      """;

  private static final String OF_ALL =
      """
      select c.id, c.started_at from voice_calls c where true and %s
      order by c.started_at desc, c.id desc limit 51\
      """;

  /** Asked first: if the page is not full after it, {@link #OF_ALL} is. */
  private static final String OF_NEWEST =
      """
      select c.id, c.started_at from (select c.* from voice_calls c where true
        order by c.started_at desc, c.id desc limit 2000) c
      where true and %s order by c.started_at desc, c.id desc limit 51\
      """;

  private static TestDatabase database;

  @BeforeAll
  static void generate() throws Exception {
    database = TestDatabases.on18().fresh();
    try (Connection superuser = database.superuser()) {
      TwoSessions.execute(superuser, Files.readString(GENERATED));
      TwoSessions.execute(superuser, "set maintenance_work_mem = '256MB'");
      for (String statement : WORDS.split(";\n")) {
        TwoSessions.execute(superuser, statement);
      }
      TwoSessions.execute(superuser, "vacuum analyze");
    }
  }

  @Test
  void words_are_found_by_index_whoever_asks() throws Exception {
    List<String> asked =
        List.of(word(1), word(30), word(400), word(4_900), word(1) + " " + word(400), "nowhere");
    for (String q : asked) {
      QueryPlan person =
          QueryPlan.of(
              database, PERSON, OF_PERSON.formatted(OWNER, conditions(q, "a.call_id", false)));
      shows("a person", q, person);
      person.assertReadsByIndex("voice_calls", "transcript_words");
      QueryPlan newest =
          QueryPlan.of(database, SERVICE, OF_NEWEST.formatted(conditions(q, "c.id", false)));
      shows("an operator among the newest", q, newest);
      newest.assertReadsByIndex("voice_calls", "transcript_words");
      QueryPlan all =
          QueryPlan.of(database, SERVICE, OF_ALL.formatted(conditions(q, "c.id", true)));
      shows("an operator", q, all);
      all.assertReadsByIndex("voice_calls", "transcript_words");
    }
  }

  private static String word(int n) throws SQLException {
    try (Connection superuser = database.superuser();
        Statement statement = superuser.createStatement();
        ResultSet row = statement.executeQuery("select word from said_words where n = " + n)) {
      row.next();
      return row.getString(1);
    }
  }

  private static String conditions(String q, String call, boolean indexed) {
    return Words.of(q).patterns().stream()
        .map(pattern ->
            Words.condition(call, text(pattern), indexed ? text(Words.query(pattern)) : null))
        .collect(Collectors.joining(" and "));
  }

  private static String text(String text) {
    return "cast('" + text.replace("'", "''") + "' as text)";
  }

  private static void shows(String who, String q, QueryPlan plan) {
    System.err.println(who + " asks for " + q + ":\n" + plan.text());
  }
}
