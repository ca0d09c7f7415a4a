package dev.voiceledger.search;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * What folded text is found by: of words the first letter and the first two, marked by {@code ^},
 * and all threes of letters; of signs each one and all twos. Pieces are of one length each, so that
 * no two kinds are taken for each other.
 */
final class Pieces {
  /** Of a part that has too many pieces to be kept: it is looked through whatever is asked. */
  static final String ANY = "*";

  private static final String START = "^";
  private static final int LETTERS = 3;

  /** PostgreSQL holds 1 MB of them. */
  private static final int BYTES_MAX = 512 * 1024;

  private Pieces() {}

  /** All pieces of folded text, one space between them; {@link #ANY} where they are too many. */
  static String of(String folded) {
    Set<String> pieces = new TreeSet<>();
    int bytes = 0;
    for (String word : folded.split("[ \n]+")) {
      for (String piece : ofWord(word, true)) {
        bytes += pieces.add(piece) ? 1 + piece.getBytes(StandardCharsets.UTF_8).length : 0;
      }
      if (bytes > BYTES_MAX) {
        return ANY;
      }
    }
    return pieces.isEmpty() ? ANY : String.join(" ", pieces);
  }

  /**
   * The pieces that a part must have in which a pattern stands.
   *
   * @param pattern folded; with a space before it where it is the beginning of a word
   */
  static Set<String> wanted(String pattern) {
    Set<String> pieces = new LinkedHashSet<>();
    boolean whole = pattern.startsWith(" ");
    for (String word : pattern.strip().split(" ")) {
      pieces.addAll(ofWord(word, whole));
      whole = true;
    }
    return pieces;
  }

  private static List<String> ofWord(String word, boolean fromStart) {
    int[] letters = word.codePoints().toArray();
    List<String> pieces = new ArrayList<>();
    boolean signs = letters.length > 0 && Folding.isSign(letters[0]);
    int length = signs ? 2 : LETTERS;
    if (signs && (fromStart || letters.length == 1)) {
      word.codePoints().forEach(c -> pieces.add(Character.toString(c)));
    } else if (!signs && fromStart && letters.length > 0) {
      pieces.add(START + new String(letters, 0, 1));
      pieces.add(START + new String(letters, 0, Math.min(2, letters.length)));
    }
    for (int i = 0; i + length <= letters.length; i++) {
      pieces.add(new String(letters, i, length));
    }
    return pieces;
  }
}
