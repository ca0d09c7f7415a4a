package dev.voiceledger.search;

import java.lang.Character.UnicodeScript;
import java.text.Normalizer;
import java.text.Normalizer.Form;
import java.util.Arrays;

/**
 * Text in the spelling in which it is searched: its words, a space before each, in one case, width
 * and form, without accents where these are only that. Marks that are letters, as in Thai, Hindi or
 * й, stay. Signs of scripts without spaces, and symbols, stand together as they did.
 *
 * <p>Works sign by sign (a character with the marks upon it), so that what is found can be shown in
 * the text as it was said.
 */
final class Folding {
  /**
   * As Unicode's Stream-Safe Text Format has it: no language needs more, and the time of
   * normalising goes with their square. Further ones are a sign of their own, without a base.
   */
  private static final int MARKS_MAX = 30;

  private static final int BREVE = 0x306;
  private static final int DIAERESIS = 0x308;
  private static final int TATWEEL = 0x640;
  private static final int LONG_VOWEL = 0x30FC;
  private static final int SKIN_FIRST = 0x1F3FB;
  private static final int SKIN_LAST = 0x1F3FF;
  private static final int VARIATION_FIRST = 0xFE00;
  private static final int VARIATION_LAST = 0xFE0F;
  private static final int KEYCAP = 0x20E3;

  /** Letters that no normal form takes for accented ones, and what people type for them. */
  private static final String ALONE = "øłđħıßẞæœىیکھہ";

  private static final String[] INSTEAD = {
    "o", "l", "d", "h", "i", "ss", "ss", "ae", "oe", "ي", "ي", "ك", "ه", "ه"
  };

  private static final String APOSTROPHES = "'’ʼ׳״";

  /** What stands before the next character. */
  private enum Before {
    BREAK,
    WORD,
    SIGNS
  }

  private final String text;
  private final StringBuilder folded = new StringBuilder();
  private int[] from = new int[64];
  private int[] to = new int[64];
  private Before before = Before.BREAK;
  private boolean apostrophe;

  private Folding(String text) {
    this.text = text;
  }

  /** Folds a text; where it came from is remembered. */
  static Folding of(String text) {
    Folding folding = new Folding(text);
    int next;
    for (int at = 0; at < text.length(); at = next) {
      next = folding.endOfSign(at);
      folding.sign(at, next);
    }
    return folding;
  }

  String folded() {
    return folded.toString();
  }

  /** Where in the text the folded character came from. */
  int from(int place) {
    return from[place];
  }

  /** And where that ends. */
  int to(int place) {
    return to[place];
  }

  private int endOfSign(int at) {
    int end = at + Character.charCount(text.codePointAt(at));
    for (int marks = 0; marks < MARKS_MAX && end < text.length(); marks++) {
      int next = text.codePointAt(end);
      if (!isPartOfSign(next)) {
        break;
      }
      end += Character.charCount(next);
    }
    return end;
  }

  /** Marks, narrow Japanese ones too, and vowels and finals of Korean in single letters. */
  private static boolean isPartOfSign(int c) {
    return isMark(c) || c == 0xFF9E || c == 0xFF9F || c >= 0x1160 && c <= 0x11FF;
  }

  private static boolean isMark(int c) {
    int type = Character.getType(c);
    return type == Character.NON_SPACING_MARK
        || type == Character.COMBINING_SPACING_MARK
        || type == Character.ENCLOSING_MARK;
  }

  private void sign(int start, int end) {
    int first = text.charAt(start);
    if (end - start == 1 && first < 0x80) {
      ascii(first, start);
      return;
    }
    if (end - start == 1
        && (first >= 0x4E00 && first <= 0x9FFF || first >= 0xAC00 && first <= 0xD7A3)) {
      add(first, start, end); // Han and Hangul have one form
      return;
    }
    String plain = Normalizer.normalize(text.substring(start, end), Form.NFKD);
    StringBuilder kept = new StringBuilder();
    int base = 0;
    for (int c : plain.codePoints().toArray()) {
      if (isMark(c)) {
        kept.append(isLetter(base == 0 ? c : base, c) ? Character.toString(c) : "");
      } else {
        base = c;
        kept.append(cased(c));
      }
    }
    String sign = Normalizer.normalize(kept, Form.NFC);
    sign.codePoints().forEach(c -> add(c, start, end));
  }

  private void ascii(int c, int at) {
    boolean capital = c >= 'A' && c <= 'Z';
    add(capital ? c + ('a' - 'A') : c, at, at + 1);
  }

  /** Whether a mark upon this character makes another letter of it, and no accent. */
  private static boolean isLetter(int base, int mark) {
    boolean bare = base != mark && !Character.isLetter(base);
    if (bare || mark >= VARIATION_FIRST && mark <= VARIATION_LAST || mark == KEYCAP) {
      return false;
    }
    return switch (UnicodeScript.of(base)) {
      case LATIN, GREEK, HEBREW, ARABIC, COMMON, INHERITED, UNKNOWN -> false;
      case CYRILLIC -> mark == BREVE || mark == DIAERESIS && base != 'е' && base != 'Е';
      default -> true;
    };
  }

  /** Upper case first: so ς and σ are one letter, and ı and i. */
  private static String cased(int c) {
    if (Character.isDigit(c)) {
      return "" + Character.digit(c, 10);
    }
    int lower = Character.toLowerCase(Character.toUpperCase(c));
    int alone = ALONE.indexOf(lower);
    return alone < 0 ? Character.toString(lower) : INSTEAD[alone];
  }

  private void add(int c, int start, int end) {
    if (isSign(c)) {
      if (before != Before.SIGNS) {
        put(' ', start, start);
      }
      put(c, start, end);
      before = Before.SIGNS;
    } else if (isOfWord(c)) {
      if (before != Before.WORD || apostrophe && !Character.isLetter(c)) {
        put(' ', start, start);
      }
      put(c, start, end);
      before = Before.WORD;
    } else if (APOSTROPHES.indexOf(c) >= 0 && before == Before.WORD && !apostrophe) {
      apostrophe = true; // joins, where a letter follows
      return;
    } else if (!isNothing(c)) {
      before = Before.BREAK;
    }
    apostrophe = false;
  }

  private static boolean isOfWord(int c) {
    return (Character.isLetterOrDigit(c) || isMark(c))
        && c != TATWEEL
        && APOSTROPHES.indexOf(c) < 0;
  }

  /** Within words and between signs it says nothing: joiners, soft hyphens, skins of emoji. */
  private static boolean isNothing(int c) {
    return Character.getType(c) == Character.FORMAT
        || c == TATWEEL
        || c >= SKIN_FIRST && c <= SKIN_LAST;
  }

  private void put(int c, int start, int end) {
    folded.appendCodePoint(c);
    int size = folded.length();
    if (size > from.length) {
      from = Arrays.copyOf(from, size * 2);
      to = Arrays.copyOf(to, size * 2);
    }
    for (int i = size - Character.charCount(c); i < size; i++) {
      from[i] = start;
      to[i] = end;
    }
  }

  /** A character of a script that has no spaces between words, or a symbol. */
  static boolean isSign(int c) {
    return c == LONG_VOWEL
        || Character.getType(c) == Character.OTHER_SYMBOL
        || switch (UnicodeScript.of(c)) {
          case HAN, HIRAGANA, KATAKANA, BOPOMOFO, THAI, LAO, KHMER, MYANMAR, TIBETAN, YI ->
              Character.isLetter(c) || isMark(c);
          default -> false;
        };
  }
}
