package dev.voiceledger.search;

import dev.voiceledger.platform.Problem.Type;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * What somebody looks for in transcripts: words, parted by spaces, and phrases in quotes, all of
 * which must stand somewhere in the call. A word is found at the beginning of longer ones and, from
 * three letters on, anywhere in them; what has no spaces, anywhere.
 *
 * @param patterns folded; each with a space before it where it must begin a word
 */
public record Words(List<String> patterns) {
  private static final int CHARACTERS_MAX = 200;
  private static final int PATTERNS_MAX = 8;
  private static final int PIECES_MAX = 24;
  private static final int SHORT = 3;
  private static final String QUOTES = "\"“”„";

  /**
   * As a person types it.
   *
   * @throws dev.voiceledger.platform.ProblemException invalid-fields at {@code q}
   */
  public static Words of(String given) {
    if (given.length() > CHARACTERS_MAX) {
      throw Type.INVALID_FIELDS.at("q", "at most " + CHARACTERS_MAX + " characters");
    }
    Set<String> patterns = new LinkedHashSet<>();
    for (String each : parted(given)) {
      String folded = Folding.of(each).folded();
      if (!folded.isEmpty()) {
        patterns.add(pattern(folded.strip()));
      }
    }
    if (patterns.isEmpty() || patterns.size() > PATTERNS_MAX) {
      throw Type.INVALID_FIELDS.at(
          "q", "1 to " + PATTERNS_MAX + " words or \"phrases\", of letters, digits or symbols");
    }
    return new Words(List.copyOf(patterns));
  }

  private static String pattern(String words) {
    String first = words.split(" ", 2)[0];
    boolean shortWord =
        !Folding.isSign(first.codePointAt(0)) && first.codePointCount(0, first.length()) < SHORT;
    return shortWord ? " " + words : words;
  }

  /** A quote that nobody closes goes on to the end. */
  private static List<String> parted(String given) {
    List<String> parts = new ArrayList<>();
    StringBuilder part = new StringBuilder();
    boolean quoted = false;
    for (int c : given.codePoints().toArray()) {
      boolean quote = QUOTES.indexOf(c) >= 0;
      if (quote || !quoted && (Character.isWhitespace(c) || Character.isSpaceChar(c))) {
        parts.add(part.toString());
        part.setLength(0);
        quoted ^= quote;
      } else {
        part.appendCodePoint(c);
      }
    }
    parts.add(part.toString());
    return parts;
  }

  /**
   * What the index is asked for a pattern, as {@code tsquery}: some of its pieces are enough, since
   * what it finds is looked through.
   */
  public static String query(String pattern) {
    List<String> pieces = List.copyOf(Pieces.wanted(pattern));
    int step = 1 + (pieces.size() - 1) / PIECES_MAX;
    String all =
        IntStream.range(0, pieces.size())
            .filter(i -> i % step == 0)
            .mapToObj(i -> "'" + pieces.get(i) + "'")
            .collect(Collectors.joining(" & "));
    return "(" + all + ") | '" + Pieces.ANY + "'";
  }

  /**
   * That a pattern stands in a call, as SQL. Neither comparison is leakproof, so under row level
   * security no index on words serves: there the parts of each call are looked through, which are
   * few. Parts that still grow are in no index.
   *
   * @param call the column of its id
   * @param pattern the pattern's parameter
   * @param query the parameter of its {@link #query}; null under row level security
   */
  public static String condition(String call, String pattern, String query) {
    String indexed =
        query == null ? "" : " and (w.words @@ cast(" + query + " as tsquery) or w.words is null)";
    return "exists (select from transcript_words w where w.call_id = "
        + (call + indexed + " and strpos(w.folded, " + pattern + ") > 0)");
  }
}
