package dev.voiceledger.transcript;

/**
 * When a message was said, and for how long: its own time, unless the agent measured when speech
 * began and ended and that fits. Agents' metrics are in seconds, other writers' in milliseconds.
 *
 * @param saidMs since 1970
 * @param lastsMs 0 where nobody measured it
 */
record Spoken(long saidMs, int lastsMs) {
  private static final double SECONDS_MAX = 1e11;
  private static final long APART_MS_MAX = 10 * 60 * 1_000;
  private static final long LASTS_MS_MAX = 60 * 60 * 1_000;
  private static final int SIGN_MS = 180;
  private static final int LETTER_MS = 65;
  private static final int SHOWN_MS_MIN = 1_000;
  private static final int SHOWN_MS_MAX = 20_000;
  private static final int ESTIMATED_CHARS_MAX = SHOWN_MS_MAX / LETTER_MS + 1;

  /**
   * @param started {@code metrics.started_speaking_at} as it stands there; null where none does
   * @param stopped {@code metrics.stopped_speaking_at}
   */
  static Spoken of(long timestampMs, String started, String stopped) {
    long begin = ms(started);
    long said = Math.abs(begin - timestampMs) <= APART_MS_MAX ? begin : timestampMs;
    long lasts = ms(stopped) - said;
    return new Spoken(said, lasts > 0 && lasts <= LASTS_MS_MAX ? (int) lasts : 0);
  }

  /** 0 of what is no time; that is too far from any message. */
  private static long ms(String given) {
    try {
      double number = given == null ? 0 : Double.parseDouble(given);
      return Math.round(number < SECONDS_MAX ? number * 1_000 : number);
    } catch (NumberFormatException notOne) {
      return 0;
    }
  }

  /**
   * How long a text takes to be said and read, where nobody measured it: 65 ms a letter, 180 ms a
   * sign of those scripts that write syllables or words; from 1 s to 20 s.
   */
  static int estimateMs(String content) {
    long ms =
        content
            .codePoints()
            .limit(ESTIMATED_CHARS_MAX)
            .mapToLong(c -> Character.isIdeographic(c) || isSyllable(c) ? SIGN_MS : LETTER_MS)
            .sum();
    return (int) Math.clamp(ms, SHOWN_MS_MIN, SHOWN_MS_MAX);
  }

  private static boolean isSyllable(int c) {
    return switch (Character.UnicodeScript.of(c)) {
      case HIRAGANA, KATAKANA, HANGUL -> true;
      default -> false;
    };
  }
}
