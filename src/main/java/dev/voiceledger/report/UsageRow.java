package dev.voiceledger.report;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;
import java.util.UUID;

/**
 * What one session used of one model until a report was made. Reports say the whole each time, so
 * of two the later holds; nothing is added up.
 *
 * @param source {@code job:} and the agent job's id; {@code report} where none is named
 * @param details what has no column, as a JSON object
 * @param reportedAt null where the report does not say when it was made
 */
record UsageRow(
    UUID callId,
    String source,
    String type,
    String provider,
    String model,
    int inputTokens,
    int outputTokens,
    int charactersCount,
    BigDecimal audioSeconds,
    String details,
    Instant reportedAt,
    UUID digest) {
  /** More than any model can do in one call. */
  private static final int COUNT_MAX = 1_000_000_000;

  /** The four are in one key, of which an index takes 2,704 bytes. */
  private static final int NAME_BYTES_MAX = 600;

  /** Reads one row; what is no count stays in the details as it is. */
  static UsageRow of(ObjectNode given, Session session, UUID callId) {
    ObjectNode rest = Names.snakeCase(given);
    String type = name(rest.remove("type"));
    String provider = name(rest.remove("provider"));
    String model = name(rest.remove("model"));
    int input = count(rest, "input_tokens");
    int output = count(rest, "output_tokens");
    int characters = count(rest, "characters_count");
    BigDecimal seconds = seconds(rest);
    String details = Metadata.of(rest);
    String figures = String.join("\0", "" + input, "" + output, "" + characters, "" + seconds);
    return new UsageRow(
        callId,
        name(session.source()),
        type.isEmpty() ? "unknown" : type,
        provider,
        model,
        input,
        output,
        characters,
        seconds,
        details,
        session.reportedAt(),
        UUID.nameUUIDFromBytes((figures + "\0" + details).getBytes(UTF_8)));
  }

  String key() {
    return String.join("\0", callId.toString(), source, type, provider, model);
  }

  /** The one of two of one key that holds; the same whichever is asked. */
  UsageRow or(UsageRow other) {
    int order = before(reportedAt).compareTo(before(other.reportedAt));
    order = order != 0 ? order : digest.toString().compareTo(other.digest.toString());
    return order >= 0 ? this : other;
  }

  private static Instant before(Instant time) {
    return time == null ? Instant.MIN : time;
  }

  /** A part of the key, cut where it is longer than any name. */
  static String name(JsonNode value) {
    return name(value == null ? "" : value.asText(""));
  }

  private static String name(String given) {
    String name = given;
    while (name.getBytes(UTF_8).length > NAME_BYTES_MAX) {
      int most = Math.min(name.length() - 1, NAME_BYTES_MAX);
      name = name.substring(0, Character.isHighSurrogate(name.charAt(most - 1)) ? most - 1 : most);
    }
    return name;
  }

  private static int count(ObjectNode rest, String field) {
    JsonNode value = rest.path(field);
    double number = value.isNumber() ? value.doubleValue() : -1;
    if (number < 0 || number > COUNT_MAX || number != Math.rint(number)) {
      return 0;
    }
    rest.remove(field);
    return (int) number;
  }

  /** Older Node versions count milliseconds, and say so in the name. */
  private static BigDecimal seconds(ObjectNode rest) {
    for (String field : new String[] {"audio_duration", "audio_duration_ms"}) {
      JsonNode value = rest.path(field);
      double number = value.isNumber() ? value.doubleValue() : -1;
      double seconds = field.endsWith("_ms") ? number / 1e3 : number;
      if (number >= 0 && seconds <= COUNT_MAX) {
        rest.remove(field);
        return BigDecimal.valueOf(seconds).setScale(3, RoundingMode.HALF_UP);
      }
    }
    return BigDecimal.ZERO.setScale(3);
  }
}
