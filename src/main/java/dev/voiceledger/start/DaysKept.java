package dev.voiceledger.start;

/** How many days things are kept, in whole days or the word for ever. */
final class DaysKept {
  private static final String FOR_EVER = "forever";
  private static final String RAW_DEFAULT = "30";
  private static final int MAX = 36_500;

  private DaysKept() {}

  /** Raw events. */
  static String raw(Settings settings) {
    return of(settings, "RETENTION_RAW_DAYS", RAW_DEFAULT);
  }

  /** Calls, from their end. */
  static String calls(Settings settings) {
    return of(settings, "RETENTION_CALLS_DAYS", FOR_EVER);
  }

  /** A 0 could mean that nothing is kept, or that nothing is taken away: so it is refused. */
  private static String of(Settings settings, String variable, String otherwise) {
    String written = settings.get(variable).orElse(otherwise);
    if (written.equals(FOR_EVER)) {
      return written;
    }
    int days = written.matches("[0-9]{1,9}") ? Integer.parseInt(written) : 0;
    if (days < 1 || days > MAX) {
      throw new Refusal(
          "%s is %s; it must be a whole number of days from 1 to %d, or %s"
              .formatted(variable, written, MAX, FOR_EVER));
    }
    return String.valueOf(days);
  }
}
