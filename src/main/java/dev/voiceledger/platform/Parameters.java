package dev.voiceledger.platform;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.voiceledger.platform.Problem.Type;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.List;
import java.util.UUID;

/** Query parameters in the forms that all lists share; null where one is not given. */
public final class Parameters {
  private static final int CURSOR_CHARACTERS_MAX = 1_000;
  private static final int NUMBER_CHARACTERS_MAX = 30;
  private static final int YEAR_MAX = 9999;

  /** What PostgreSQL holds as a time. */
  private static final Instant EARLIEST = Instant.parse("-4712-01-01T00:00:00Z");

  private static final Instant LATEST = Instant.parse("+294276-12-31T00:00:00Z");

  private Parameters() {}

  /** How many rows a page has. */
  public static int limit(String given) {
    Integer limit = integer("limit", given == null ? "" + Page.LIMIT_DEFAULT : given);
    if (limit < 1 || limit > Page.LIMIT_MAX) {
      throw Type.INVALID_FIELDS.at("limit", "a number from 1 to " + Page.LIMIT_MAX);
    }
    return limit;
  }

  /** True or false, false where it is not given. */
  public static boolean flag(String name, String given) {
    return switch (given) {
      case "true" -> true;
      case null -> false;
      case "false" -> false;
      default -> throw Type.INVALID_FIELDS.at(name, "true or false");
    };
  }

  /** A whole number. */
  public static Integer integer(String name, String given) {
    try {
      return given == null ? null : Integer.valueOf(given);
    } catch (NumberFormatException notOne) {
      throw Type.INVALID_FIELDS.at(name, "a whole number");
    }
  }

  /** A decimal number. */
  public static BigDecimal decimal(String name, String given) {
    try {
      if (given == null || given.length() <= NUMBER_CHARACTERS_MAX) {
        BigDecimal number = given == null ? null : new BigDecimal(given);
        if (number == null || Math.abs((long) number.scale()) <= NUMBER_CHARACTERS_MAX) {
          return number;
        }
      }
    } catch (NumberFormatException notOne) {
      // the same answer as for one that is too long
    }
    throw Type.INVALID_FIELDS.at(name, "a decimal number");
  }

  /** A time as RFC 3339 has it. */
  public static OffsetDateTime time(String name, String given) {
    try {
      OffsetDateTime time =
          given == null ? null : OffsetDateTime.parse(given).withOffsetSameInstant(ZoneOffset.UTC);
      if (time == null || time.getYear() >= 0 && time.getYear() <= YEAR_MAX) {
        return time;
      }
    } catch (DateTimeException notOne) {
      // the same answer as for one out of bounds
    }
    throw Type.INVALID_FIELDS.at(name, "a time such as 2026-11-23T12:00:00Z (with + as %2B)");
  }

  /** A uuid. */
  public static UUID uuid(String name, String given) {
    try {
      if (given == null || UUID.fromString(given).toString().equalsIgnoreCase(given)) {
        return given == null ? null : UUID.fromString(given);
      }
    } catch (IllegalArgumentException notOne) {
      // the same answer as for one in another form
    }
    throw Type.INVALID_FIELDS.at(name, "a uuid");
  }

  /** A text that PostgreSQL can hold. */
  public static String text(String name, String given, int charactersMax) {
    if (given != null && (given.length() > charactersMax || !Storable.is(given))) {
      throw Type.INVALID_FIELDS.at(name, "text of at most " + charactersMax + " characters");
    }
    return given;
  }

  /** Where a page ends, as the next one is asked for. */
  public static String cursor(String... keys) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(String.join("\n", keys).getBytes(UTF_8));
  }

  /** The keys of a cursor, as many as its list has; null where none is given. */
  public static List<String> cursor(String given, int keys) {
    if (given == null || given.isEmpty()) {
      return null;
    }
    try {
      if (given.length() <= CURSOR_CHARACTERS_MAX) {
        String text = new String(Base64.getUrlDecoder().decode(given), UTF_8);
        List<String> parts = List.of(text.split("\n", -1));
        if (parts.size() == keys && Storable.is(text)) {
          return parts;
        }
      }
    } catch (IllegalArgumentException notOurs) {
      // the same answer as for one of another list
    }
    throw notOurs();
  }

  /**
   * A time within a cursor, as {@link Instant} writes it.
   *
   * @throws ProblemException where it is none that the database could hold
   */
  public static Instant cursorTime(String key) {
    try {
      Instant time = Instant.parse(key);
      if (!time.isBefore(EARLIEST) && !time.isAfter(LATEST)) {
        return time;
      }
    } catch (DateTimeException notOurs) {
      // the same answer as for one out of bounds
    }
    throw notOurs();
  }

  /** The answer to a cursor that this list did not give. */
  public static ProblemException notOurs() {
    return Type.INVALID_FIELDS.at("cursor", "a next_cursor of this list");
  }
}
