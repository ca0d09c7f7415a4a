package dev.voiceledger.start;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The {@code .env} file as LiveKit's tools write and read it: {@code NAME=value}, in quotes or not,
 * perhaps behind {@code export}. A {@code #} behind a blank begins a comment.
 */
final class EnvironmentFile {
  private static final String NAME = "(?:export\\h+)?([\\w.-]+)\\h*=\\h*";
  private static final String VALUE =
      "(?:\"((?:[^\"\\\\]++|\\\\.)*+)\"|'([^']*+)'|([^\"'#\\v][^\\v]*?)?)";
  private static final Pattern LINE =
      Pattern.compile(
          "\\h*(?:" + NAME + VALUE + ")?\\h*(?:(?<![^\\h\\v])#[^\\v]*+)?(?:\\R|\\z)",
          Pattern.DOTALL);
  private static final Pattern ESCAPED = Pattern.compile("\\\\(.)", Pattern.DOTALL);

  private EnvironmentFile() {}

  /** All that the file sets; nothing where there is none. */
  static Map<String, String> read(Path file) {
    if (!Files.isReadable(file)) {
      return Map.of();
    }
    try {
      return parse(Files.readString(file));
    } catch (IOException e) {
      throw new Refusal("Cannot read " + file + ": " + e.getMessage(), e);
    }
  }

  /**
   * Reads the text of such a file.
   *
   * @throws Refusal naming a line that sets nothing and is no comment; it does not quote the line
   */
  static Map<String, String> parse(String text) {
    Map<String, String> variables = new HashMap<>();
    Matcher line = LINE.matcher(text).useTransparentBounds(true);
    while (line.regionStart() < text.length()) {
      if (!line.lookingAt()) {
        long number = text.substring(0, line.regionStart()).lines().count() + 1;
        throw new Refusal("Cannot read .env: line " + number + " is not of the form NAME=value");
      }
      if (line.group(1) != null) {
        variables.put(line.group(1), value(line));
      }
      line.region(line.end(), text.length());
    }
    return variables;
  }

  private static String value(Matcher line) {
    if (line.group(2) != null) {
      return ESCAPED
          .matcher(line.group(2))
          .replaceAll(escaped ->
              escaped.group(1).equals("n") ? "\n" : Matcher.quoteReplacement(escaped.group(1)));
    }
    String plain = line.group(3) == null ? line.group(4) : line.group(3);
    return plain == null ? "" : plain;
  }
}
