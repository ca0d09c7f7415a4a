package dev.voiceledger.search;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.voiceledger.TestDatabase;
import dev.voiceledger.TestDatabases;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * The index finds what a look at the text finds, on both servers; the oldest one's databases have
 * the locale C, to which no letter is one but those of English.
 */
class IndexTest {
  private static final List<String> SAID =
      List.of(
          "Die Überweisung an Müller & Söhne kam nie an",
          "IŞIK İstanbul'da",
          "Верните мои деньги, пожалуйста",
          "Ο Οδυσσεύς ἐπέστρεψεν",
          "مَرْحَبًا بكم",
          "שלום לכולם",
          "मुझे हिन्दी आती है",
          "ฉันพูดภาษาไทยได้",
          "我想取消订单",
          "注文をキャンセルしたい",
          "서울에서 주문했어요",
          "👍🏽 gut",
          "anna@example.com +49 30 1234",
          "100% 'quoted' \\back !no | (a:*)");

  private static final List<String> ASKED =
      List.of(
          "uberweis",
          "weisung mull",
          "söh",
          "mü",
          "isik",
          "istanbulda",
          "денЬги",
          "ньг",
          "ва",
          "οδυσσευσ",
          "مرحبا",
          "כול",
          "हिन्दी",
          "ภาษา",
          "ไ",
          "订",
          "订单",
          "取消订",
          "キャン",
          "서울",
          "👍",
          "anna@example.com",
          "1234",
          "\"30 1234\"",
          "100",
          "quoted back",
          "no a",
          "nichts",
          "单订",
          "\"müller söhne\"",
          "\"söhne müller\"");

  /** ва begins no word, and the last words stand nowhere, or not in this order. */
  private static final int NOT_SAID = 4;

  private static final String WRITE =
      """
      with c as (insert into voice_calls (session_id) values ('s' || ?) returning id)
      insert into transcript_words (call_id, part, message_ids, folded, words)
      select id, 0, '{}', ?, array_to_tsvector(string_to_array(?, ' ')) from c\
      """;

  @Test
  void the_index_hides_nothing_on_18() throws Exception {
    the_index_hides_nothing(TestDatabases.on18().fresh());
  }

  @Test
  void the_index_hides_nothing_on_15_with_the_locale_c() throws Exception {
    TestDatabase database = TestDatabases.on15().fresh();
    try (Connection connection = database.superuser()) {
      assertEquals("C", first(connection, "select datctype from pg_database limit 1"));
    }
    the_index_hides_nothing(database);
  }

  private static void the_index_hides_nothing(TestDatabase database) throws Exception {
    int found = 0;
    try (Connection connection = database.superuser();
        Statement settings = connection.createStatement()) {
      for (int i = 0; i < SAID.size(); i++) {
        write(connection, i, Folding.of(SAID.get(i)).folded());
      }
      settings.execute("set role service_role; set enable_seqscan = off");
      for (String q : ASKED) {
        List<String> patterns = Words.of(q).patterns();
        String wanted = byLooking(patterns);
        found += wanted.isEmpty() ? 0 : 1;
        assertEquals(wanted, asked(connection, patterns, true), q);
        assertEquals(wanted, asked(connection, patterns, false), q);
      }
      assertEquals(ASKED.size() - NOT_SAID, found);
    }
  }

  private static void write(Connection connection, int i, String folded) throws SQLException {
    try (PreparedStatement write = connection.prepareStatement(WRITE)) {
      write.setInt(1, i);
      write.setString(2, folded);
      write.setString(3, Pieces.of(folded));
      write.executeUpdate();
    }
  }

  private static String byLooking(List<String> patterns) {
    return SAID.stream()
        .filter(said -> patterns.stream().allMatch(Folding.of(said).folded()::contains))
        .map(said -> "s" + SAID.indexOf(said))
        .sorted()
        .collect(Collectors.joining(" "));
  }

  private static String asked(Connection connection, List<String> patterns, boolean indexed)
      throws SQLException {
    String found = first(connection, statement(patterns, indexed));
    return found == null ? "" : found;
  }

  private static String statement(List<String> patterns, boolean indexed) {
    String conditions =
        patterns.stream()
            .map(pattern ->
                Words.condition(
                    "c.id", literal(pattern), indexed ? literal(Words.query(pattern)) : null))
            .collect(Collectors.joining(" and "));
    return "select string_agg(session_id, ' ' order by session_id collate \"C\")"
        + " from voice_calls c where "
        + conditions;
  }

  private static String literal(String text) {
    return "cast('" + text.replace("'", "''") + "' as text)";
  }

  private static String first(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getString(1);
    }
  }
}
