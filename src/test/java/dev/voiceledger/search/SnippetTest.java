package dev.voiceledger.search;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.voiceledger.search.Match.Highlight;
import java.text.BreakIterator;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What is shown around what was found. */
class SnippetTest {
  private static final String FAMILY = "👩‍👩‍👧";

  @Test
  void a_short_message_is_shown_whole() {
    Snippet snippet = Snippet.of("Refund?\nYes, a refund.", Words.of("REFUND yes")).orElseThrow();
    assertEquals("Refund? Yes, a refund.", snippet.text());
    assertEquals(
        List.of(new Highlight(0, 6), new Highlight(8, 11), new Highlight(15, 21)),
        snippet.highlights());
  }

  @Test
  void nothing_is_shown_where_nothing_stands() {
    assertTrue(Snippet.of("no money back", Words.of("refund")).isEmpty());
  }

  @Test
  void a_long_one_is_cut_between_what_people_see_as_characters() {
    Random random = new Random(3);
    String[] signs = {"a", "e\u0301", FAMILY, " ", "中", "🇩🇪", "हि", "\n"};
    for (int n = 0; n < 2_000; n++) {
      StringBuilder text = new StringBuilder();
      int before = random.nextInt(300);
      random.ints(before, 0, signs.length).forEach(i -> text.append(signs[i]));
      text.append(" refund ");
      random.ints(random.nextInt(300), 0, signs.length).forEach(i -> text.append(signs[i]));
      String content = text.toString();
      Snippet snippet = Snippet.of(content, Words.of("refund")).orElseThrow();
      assertTrue(snippet.text().length() <= 160, snippet.text());
      Highlight place = snippet.highlights().getFirst();
      assertEquals("refund", snippet.text().substring(place.start(), place.end()));
      String shown = snippet.text().replaceAll("^…|…$", "");
      int at = content.replace('\n', ' ').indexOf(shown);
      assertTrue(at >= 0, "is a part of it");
      BreakIterator all = BreakIterator.getCharacterInstance(Locale.ROOT);
      all.setText(content);
      assertTrue(all.isBoundary(at) && all.isBoundary(at + shown.length()), shown);
    }
  }

  @Test
  void what_is_longer_than_a_snippet_is_cut_too() {
    String phrase = "ab ".repeat(60).strip();
    Snippet snippet =
        Snippet.of("x ".repeat(90) + phrase, Words.of('"' + phrase + '"')).orElseThrow();
    assertTrue(snippet.text().length() <= 160, snippet.text());
    assertEquals(1, snippet.highlights().size());
  }
}
