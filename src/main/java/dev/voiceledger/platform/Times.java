package dev.voiceledger.platform;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;

/** Times as answers have them: RFC 3339 in UTC with milliseconds, always three digits of them. */
public final class Times {
  private static final DateTimeFormatter MILLISECONDS =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

  private Times() {}

  /** A time as text; null stays null. */
  public static String text(Instant instant) {
    return instant == null ? null : MILLISECONDS.format(instant.truncatedTo(ChronoUnit.MILLIS));
  }
}
