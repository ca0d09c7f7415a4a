package dev.voiceledger.start;

import io.quarkus.runtime.configuration.DurationConverter;
import java.time.Duration;

/**
 * How long things are kept, in whole days or the word for ever, and how often they are compared.
 */
final class Periods {
  private static final String FOR_EVER = "forever";
  private static final String RAW_DEFAULT = "30";
  private static final int DAYS_MAX = 36_500;
  private static final String RECONCILE_DEFAULT = "20s";
  private static final Duration RECONCILE_MAX = Duration.ofHours(1);

  private Periods() {}

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
    if (days < 1 || days > DAYS_MAX) {
      throw new Refusal(
          "%s is %s; it must be a whole number of days from 1 to %d, or %s"
              .formatted(variable, written, DAYS_MAX, FOR_EVER));
    }
    return String.valueOf(days);
  }

  /** How often calls are compared with LiveKit; zero for never. */
  static Duration reconcileInterval(Settings settings) {
    String written = settings.get("RECONCILE_INTERVAL").orElse(RECONCILE_DEFAULT);
    if (written.matches("(?i)0s?|off|none")) {
      return Duration.ZERO;
    }
    Duration interval = duration(written);
    if (interval.toSeconds() < 1 || interval.compareTo(RECONCILE_MAX) > 0) {
      throw new Refusal("RECONCILE_INTERVAL is " + written + "; it must be from 1s to 1h, or off");
    }
    return interval;
  }

  /** A time such as 15m, 2h or 900s; zero for what is none. */
  static Duration duration(String written) {
    try {
      return DurationConverter.parseDuration(written);
    } catch (IllegalArgumentException | ArithmeticException _) {
      return Duration.ZERO;
    }
  }

  /**
   * Reads all of them.
   *
   * @throws Refusal naming the first that cannot be read
   */
  static void check(Settings settings) {
    reconcileInterval(settings);
    raw(settings);
    calls(settings);
  }
}
