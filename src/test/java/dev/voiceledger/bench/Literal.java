package dev.voiceledger.bench;

import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Tuple;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Values as SQL has them, for {@code execute}, which takes no others. */
final class Literal {
  private Literal() {}

  static String list(Tuple values) {
    return list(IntStream.range(0, values.size()).mapToObj(values::getValue).toList());
  }

  /** In parentheses; nothing where there is none. */
  static String list(List<?> values) {
    return values.isEmpty()
        ? ""
        : values.stream().map(Literal::of).collect(Collectors.joining(", ", "(", ")"));
  }

  private static String of(Object value) {
    return switch (value) {
      case null -> "null";
      case Object[] many ->
          quoted(
              Arrays.stream(many).map(Literal::element).collect(Collectors.joining(",", "{", "}")));
      default -> quoted(text(value));
    };
  }

  private static String element(Object value) {
    return value == null
        ? "NULL"
        : '"' + text(value).replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }

  private static String text(Object value) {
    return value instanceof Buffer bytes
        ? "\\x" + HexFormat.of().formatHex(bytes.getBytes())
        : value.toString();
  }

  private static String quoted(String text) {
    return "'" + text.replace("'", "''") + "'";
  }
}
