package dev.voiceledger.transcript;

import java.util.List;
import java.util.regex.Pattern;

/**
 * What was said, as lines that are safe to show: none is blank, since a blank line ends a cue and a
 * paragraph; no control character is left that a terminal would obey; and the direction of what is
 * written from right to left ends with its line.
 */
final class Lines {
  private static final Pattern BREAK = Pattern.compile("\\R");
  private static final Pattern SPACE = Pattern.compile("[\\s\\h]+");
  private static final int LABEL_CHARS_MAX = 100;
  private static final int FIRST_ISOLATE = 0x2066;
  private static final int FSI = 0x2068;
  private static final int PDI = 0x2069;
  private static final int CONTROL_PICTURES = 0x2400;
  private static final int DELETE = 0x7F;
  private static final int DELETE_PICTURE = 0x2421;
  private static final int REPLACEMENT = 0xFFFD;

  /** A break that Java takes for no space. */
  private static final int NEXT_LINE = 0x85;

  /** Nothing before Hebrew is written from right to left. */
  private static final int FIRST_RIGHT_TO_LEFT = 0x590;

  private Lines() {}

  static List<String> of(String text) {
    return BREAK
        .splitAsStream(text)
        .filter(Lines::isSeen)
        .map(line -> visible(line).strip())
        .toList();
  }

  /** One line of bounded length: a name, a title. */
  static String label(String text) {
    String line = SPACE.matcher(String.join(" ", of(text))).replaceAll(" ").strip();
    return line.codePointCount(0, line.length()) <= LABEL_CHARS_MAX
        ? line
        : line.substring(0, line.offsetByCodePoints(0, LABEL_CHARS_MAX)) + "…";
  }

  /** Whether there is any line: a look as far as the first character that is seen. */
  static boolean isSeen(String text) {
    int c;
    for (int at = 0; at < text.length(); at += Character.charCount(c)) {
      c = text.codePointAt(at);
      if (c != NEXT_LINE
          && !Character.isWhitespace(c)
          && !Character.isSpaceChar(c)
          && Character.getType(c) != Character.FORMAT) {
        return true;
      }
    }
    return false;
  }

  /** A control character becomes the picture of itself, a tab a space. */
  private static String visible(String line) {
    int at = 0;
    while (at < line.length() && !Character.isISOControl(line.charAt(at))) {
      at++;
    }
    if (at == line.length()) {
      return line;
    }
    StringBuilder visible = new StringBuilder(line);
    for (; at < line.length(); at++) {
      if (Character.isISOControl(line.charAt(at))) {
        visible.setCharAt(at, picture(line.charAt(at)));
      }
    }
    return visible.toString();
  }

  private static char picture(char c) {
    if (c == '\t') {
      return ' ';
    }
    return (char) (c < ' ' ? CONTROL_PICTURES + c : c == DELETE ? DELETE_PICTURE : REPLACEMENT);
  }

  /**
   * Text within a line of another direction. Where something in it is written from right to left,
   * or says so, it is isolated (Unicode's FSI and PDI), so that neither labels nor points jump;
   * what it opens and does not close itself is closed, and what it closes too much is left out.
   */
  static String isolated(String line) {
    if (!turns(line)) {
      return line;
    }
    StringBuilder balanced = new StringBuilder(line.length() + 2).append((char) FSI);
    int open = 1;
    for (int at = 0; at < line.length(); at++) {
      char c = line.charAt(at);
      open += c >= FIRST_ISOLATE && c <= FSI ? 1 : 0;
      if (c != PDI) {
        balanced.append(c);
      } else if (open > 1) {
        balanced.append(c);
        open--;
      }
    }
    return balanced.repeat(PDI, open).toString();
  }

  private static boolean turns(String line) {
    int c;
    for (int at = 0; at < line.length(); at += Character.charCount(c)) {
      c = line.codePointAt(at);
      if (c >= FIRST_RIGHT_TO_LEFT && turns(c)) {
        return true;
      }
    }
    return false;
  }

  private static boolean turns(int c) {
    return switch (Character.getDirectionality(c)) {
      case Character.DIRECTIONALITY_RIGHT_TO_LEFT,
          Character.DIRECTIONALITY_RIGHT_TO_LEFT_ARABIC,
          Character.DIRECTIONALITY_ARABIC_NUMBER,
          Character.DIRECTIONALITY_LEFT_TO_RIGHT_EMBEDDING,
          Character.DIRECTIONALITY_LEFT_TO_RIGHT_OVERRIDE,
          Character.DIRECTIONALITY_RIGHT_TO_LEFT_EMBEDDING,
          Character.DIRECTIONALITY_RIGHT_TO_LEFT_OVERRIDE,
          Character.DIRECTIONALITY_POP_DIRECTIONAL_FORMAT,
          Character.DIRECTIONALITY_LEFT_TO_RIGHT_ISOLATE,
          Character.DIRECTIONALITY_RIGHT_TO_LEFT_ISOLATE,
          Character.DIRECTIONALITY_FIRST_STRONG_ISOLATE,
          Character.DIRECTIONALITY_POP_DIRECTIONAL_ISOLATE ->
          true;
      default -> false;
    };
  }
}
