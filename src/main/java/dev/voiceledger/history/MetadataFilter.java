package dev.voiceledger.history;

import io.vertx.core.json.JsonObject;
import java.math.BigDecimal;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/** That calls have some metadata, as SQL over {@code v}. */
final class MetadataFilter {
  private MetadataFilter() {}

  /**
   * @param parameter from a text to the name of a parameter that has it
   */
  static String of(Map<String, String> wanted, UnaryOperator<String> parameter) {
    return wanted.entrySet().stream()
        .map(each -> " and (" + of(each.getKey(), each.getValue(), parameter) + ")")
        .collect(Collectors.joining());
  }

  /** A value in an address is text; in the metadata it may be a number, true or false. */
  private static String of(String key, String given, UnaryOperator<String> parameter) {
    String text = contains(key, given, parameter);
    if (given.matches("true|false")) {
      return text + " or " + contains(key, given.equals("true"), parameter);
    }
    return given.matches("-?[0-9]{1,15}(\\.[0-9]{1,9})?")
        ? text + " or " + contains(key, new BigDecimal(given), parameter)
        : text;
  }

  private static String contains(String key, Object value, UnaryOperator<String> parameter) {
    String json = new JsonObject().put(key, value).encode();
    return "v.metadata @> cast(" + parameter.apply(json) + " as jsonb)";
  }
}
