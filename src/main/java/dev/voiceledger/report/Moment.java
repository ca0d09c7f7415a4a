package dev.voiceledger.report;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;

/** Times of reports: seconds with a fraction (Python), milliseconds (Node), or RFC 3339. */
final class Moment {
  /** As seconds this is the year 5138, as milliseconds 1973. */
  private static final double MILLISECONDS_FROM = 1e11;

  private static final double MICROSECONDS = 1e6;
  private static final double SECONDS_MAX = Instant.parse("2200-01-01T00:00:00Z").getEpochSecond();

  private Moment() {}

  /** The time that a value stands for, in microseconds as rows have it; null where it is none. */
  static Instant of(JsonNode value) {
    if (value == null || !value.isNumber() && !value.isTextual()) {
      return null;
    }
    return value.isNumber() ? of(value.doubleValue()) : of(value.textValue());
  }

  private static Instant of(double number) {
    double seconds = number > MILLISECONDS_FROM ? number / 1e3 : number;
    return seconds > 0 && seconds < SECONDS_MAX
        ? Instant.EPOCH.plus(Math.round(seconds * MICROSECONDS), ChronoUnit.MICROS)
        : null;
  }

  private static Instant of(String text) {
    try {
      Instant time = OffsetDateTime.parse(text).toInstant();
      return of((double) time.getEpochSecond()) == null
          ? null
          : time.truncatedTo(ChronoUnit.MICROS);
    } catch (DateTimeException notOne) {
      return null;
    }
  }
}
