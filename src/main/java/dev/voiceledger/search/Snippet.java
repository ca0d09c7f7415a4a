package dev.voiceledger.search;

import dev.voiceledger.search.Match.Highlight;
import java.text.BreakIterator;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The words around what was found, cut between characters as people see them. */
record Snippet(String text, List<Highlight> highlights) {
  private static final int CHARACTERS_MAX = 160;
  private static final int BEFORE = 50;
  private static final int HIGHLIGHTS_MAX = 20;

  /** No character that people see as one is expected to be longer. */
  private static final int MARGIN = 100;

  private static final String LEFT_OUT = "…";

  /** Around the first place where one of the patterns stands; none where none does. */
  static Optional<Snippet> of(String content, Words words) {
    Folding folding = Folding.of(content);
    List<Highlight> found = found(folding, words);
    return found.isEmpty() ? Optional.empty() : Optional.of(around(content, found));
  }

  private static List<Highlight> found(Folding folding, Words words) {
    String folded = folding.folded();
    List<Highlight> found = new ArrayList<>();
    for (String pattern : words.patterns()) {
      int skip = pattern.startsWith(" ") ? 1 : 0;
      int at = folded.indexOf(pattern);
      for (int n = 0; at >= 0 && n < HIGHLIGHTS_MAX; n++) {
        found.add(new Highlight(folding.from(at + skip), folding.to(at + pattern.length() - 1)));
        at = folded.indexOf(pattern, at + pattern.length());
      }
    }
    found.sort(Comparator.comparingInt(Highlight::start).thenComparing(Highlight::end));
    return found;
  }

  private static Snippet around(String content, List<Highlight> found) {
    int first = found.getFirst().start();
    int space = CHARACTERS_MAX - 2 * LEFT_OUT.length();
    int from = content.length() <= CHARACTERS_MAX ? 0 : Math.max(0, first - BEFORE);
    if (from > 0 && content.length() - from < space) {
      from = Math.max(0, content.length() - space);
    }
    from = boundary(content, from, first);
    int whole = content.length() <= CHARACTERS_MAX ? CHARACTERS_MAX : space;
    int to =
        from + whole >= content.length() ? content.length() : before(content, from, from + whole);
    String lead = from == 0 ? "" : LEFT_OUT;
    String tail = to == content.length() ? "" : LEFT_OUT;
    String shown = lead + oneLine(content.substring(from, to)) + tail;
    return new Snippet(shown, within(found, from, to, lead.length()));
  }

  /** The first boundary at or after a place, but none after what is to be shown. */
  private static int boundary(String content, int at, int max) {
    if (at == 0) {
      return 0;
    }
    int start = Math.max(0, at - MARGIN);
    BreakIterator signs = signs(content, start, Math.min(content.length(), max + MARGIN));
    int next = signs.following(at - start - 1);
    return next == BreakIterator.DONE ? max : Math.min(max, start + next);
  }

  /** The last boundary at or before a place. */
  private static int before(String content, int from, int at) {
    int start = Math.max(from, at - MARGIN);
    BreakIterator signs = signs(content, start, Math.min(content.length(), at + MARGIN));
    return signs.isBoundary(at - start) ? at : start + signs.preceding(at - start);
  }

  private static BreakIterator signs(String content, int from, int to) {
    BreakIterator signs = BreakIterator.getCharacterInstance(Locale.ROOT);
    signs.setText(content.substring(from, to));
    return signs;
  }

  /** One character for another, so that places stay. */
  private static String oneLine(String text) {
    StringBuilder line = new StringBuilder(text);
    for (int i = 0; i < line.length(); i++) {
      char c = line.charAt(i);
      if (Character.isISOControl(c) || c == '\u2028' || c == '\u2029') {
        line.setCharAt(i, ' ');
      }
    }
    return line.toString();
  }

  /** Those that are shown, none over another. */
  private static List<Highlight> within(List<Highlight> found, int from, int to, int shift) {
    List<Highlight> shown = new ArrayList<>();
    for (Highlight each : found) {
      int start = Math.max(each.start(), from) - from + shift;
      int end = Math.min(each.end(), to) - from + shift;
      Highlight last = shown.isEmpty() ? null : shown.getLast();
      if (last != null && start <= last.end()) {
        shown.set(shown.size() - 1, new Highlight(last.start(), Math.max(end, last.end())));
      } else if (end > start && shown.size() < HIGHLIGHTS_MAX) {
        shown.add(new Highlight(start, end));
      }
    }
    return shown;
  }
}
