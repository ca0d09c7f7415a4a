package dev.voiceledger.search;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.text.Normalizer;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What counts as the same spelling, and what does not. */
class FoldingTest {

  @ParameterizedTest
  @CsvSource({
    "Müller, muller",
    "STRAẞE, strasse",
    "Straße, strasse",
    "İstanbul, istanbul",
    "ıssız, issiz",
    "ΟΔΥΣΣΕΎΣ, οδυσσευσ",
    "Οδυσσεύς, οδυσσευσ",
    "Ёлка, елка",
    "мой, мой",
    "Київ, київ",
    "عَرَبِيّ, عربي",
    "إسلام, اسلام",
    "שָׁלוֹם, שלום",
    "हिन्दी, हिन्दी",
    "ไทย, ไทย",
    "ＡＢＣ１２, abc12",
    "ﾃｽﾄ, テスト",
    "が, が",
    "ｶﾞ, ガ",
    "한국어, 한국어",
    "ﬁnd, find",
    "Łódź, lodz",
    "smørrebrød, smorrebrod",
    "don’t, dont",
    "l'homme, lhomme",
    "٣٤, 34",
    "anna@example.com, anna example com",
    "+49 (0)30/1234-567, 49 0 30 1234 567",
    "e-mail, e mail",
    "iPhone手机2台, iphone 手机 2 台",
    "👍🏽, 👍",
    "❤️, ❤",
    "co\u00ADop, coop",
    "'...', ''",
  })
  void many_spellings_are_one(String text, String folded) {
    assertEquals(folded, Folding.of(text).folded().strip());
    String apart = Normalizer.normalize(text, Normalizer.Form.NFD);
    assertEquals(folded, Folding.of(apart).folded().strip(), "in single parts");
  }

  @ParameterizedTest
  @CsvSource({
    "hund, Der Jagdhund schläft, true",
    "HÜNDIN, die Hundin, true",
    "hu, Hund, true",
    "hu, Jagdhund, false",
    "un, Hund, false",
    "und, Hund, true",
    "中, 在中国, true",
    "中国, 在中国人, true",
    "国中, 在中国人, false",
    "人民日, 读人民日报, true",
    "東京, 東京都, true",
    "서울, 서울에서, true",
    "ภาษา, พูดภาษาไทย, true",
    "'\"guten tag\"', 'Guten, Tag!', true",
    "'\"guten tag\"', 'guten Morgen Tag', false",
    "'tag guten', 'guten Tag', true",
    "anna@example.com, mail anna@example.com now, true",
    "anna@example.com, anna at example com, false",
    "1234567, call 1234567, true",
    "👍, gut👍👍, true",
    "'\"offen', offenbar, true"
  })
  void words_are_found_where_they_should(String q, String text, boolean found) {
    Words words = Words.of(q);
    String folded = Folding.of(text).folded();
    assertEquals(found, words.patterns().stream().allMatch(folded::contains), folded);
  }

  /** Normalising takes the square of their number, on a thread for which others wait. */
  @ParameterizedTest
  @CsvSource({"a, \u0323\u0301", "ก, \u0E38\u0E48", "'', \u0E38\u0E48", "\u1100, \u1161\u1161"})
  void no_sign_has_more_marks_than_a_language_needs(String base, String marks) {
    String text =
        (base == null ? "" : base)
            + marks.substring(0, 1).repeat(8_000)
            + marks.substring(1).repeat(8_000);
    Folding folding = Folding.of(text + " b");
    assertTrue(folding.folded().endsWith("b"));
    for (int place = 0; place < folding.folded().length(); place++) {
      assertTrue(folding.to(place) - folding.from(place) <= 1 + 30, "at " + place);
    }
    assertEquals(text.length() + 2, folding.to(folding.folded().length() - 1));
  }

  /** Else the index would hide what a look at the text finds. */
  @Test
  void a_part_has_all_pieces_of_whatever_stands_in_it() {
    Random random = new Random(7);
    String letters = "abcdé ßş12中国がไทยह िन्🙂👍 \n'-";
    int[] alphabet = letters.codePoints().toArray();
    int found = 0;
    for (int n = 0; n < 20_000; n++) {
      StringBuilder text = new StringBuilder();
      random.ints(12, 0, alphabet.length).forEach(i -> text.appendCodePoint(alphabet[i]));
      String folded = Folding.of(text.toString()).folded();
      Set<String> pieces = Set.of(Pieces.of(folded).split(" "));
      int from = random.nextInt(10);
      int to = Math.min(text.length(), from + 1 + random.nextInt(5));
      String part = Folding.of(text.substring(from, to)).folded().strip();
      if (!part.isEmpty() && Character.isLetterOrDigit(part.codePointAt(0))) {
        for (String pattern : Words.of("\"" + part + "\"").patterns()) {
          if (folded.contains(pattern)) {
            found++;
            assertTrue(pieces.containsAll(Pieces.wanted(pattern)), text + " / " + pattern);
          }
        }
      }
    }
    assertTrue(found > 5_000, "found only " + found);
  }

  @Test
  void places_lead_back_to_what_was_said() {
    String text = "Ein Straßen\u0308fest in 한국 für 👍🏽!";
    for (String word : new String[] {"strassenfest", "한국", "fur", "👍"}) {
      Snippet snippet = Snippet.of(text, Words.of(word)).orElseThrow();
      var place = snippet.highlights().getFirst();
      String shown = snippet.text().substring(place.start(), place.end());
      assertEquals(Folding.of(word).folded(), Folding.of(shown).folded());
    }
  }

  @Test
  void what_has_too_many_pieces_is_always_looked_through() {
    StringBuilder many = new StringBuilder();
    new Random(1).ints(200_000, 0x4E00, 0x9FA5).forEach(many::appendCodePoint);
    assertEquals(Pieces.ANY, Pieces.of(Folding.of(many.toString()).folded()));
  }

  /** One text that broke it would stop the search for all. */
  @Test
  void any_text_can_be_folded() {
    Random random = new Random(11);
    for (int n = 0; n < 20_000; n++) {
      StringBuilder text = new StringBuilder();
      int kind = random.nextInt(3);
      random
          .ints(1 + random.nextInt(20), 1, kind == 0 ? 0x500 : kind == 1 ? 0x3400 : 0x1FFFF)
          .filter(c -> c < 0xD800 || c > 0xDFFF)
          .forEach(text::appendCodePoint);
      String folded = Folding.of(text.toString()).folded();
      assertTrue(folded.codePoints().noneMatch(c -> c < 0x20), text.toString());
      assertFalse(Pieces.of(folded).isEmpty());
      if (!folded.isEmpty()) {
        String q = text.substring(0, text.offsetByCodePoints(0, 1));
        if (!Folding.of(q).folded().isBlank()) {
          Snippet.of(text.toString(), Words.of(q));
        }
      }
    }
  }
}
