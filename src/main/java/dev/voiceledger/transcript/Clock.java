package dev.voiceledger.transcript;

/** Times within a call, as each format writes them; hours may have more than two digits. */
final class Clock {
  private static final long SECOND_MS = 1_000;
  private static final long MINUTE_MS = 60 * SECOND_MS;
  private static final long HOUR_MS = 60 * MINUTE_MS;

  private Clock() {}

  /** {@code hh:mm:ss}. */
  static String offset(long ms) {
    return "%02d:%02d:%02d".formatted(ms / HOUR_MS, ms / MINUTE_MS % 60, ms / SECOND_MS % 60);
  }

  /** {@code hh:mm:ss.mmm}, or with a comma as SubRip has it. */
  static String cue(long ms, char point) {
    return offset(ms) + point + "%03d".formatted(ms % SECOND_MS);
  }
}
