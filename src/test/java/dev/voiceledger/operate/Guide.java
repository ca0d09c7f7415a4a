package dev.voiceledger.operate;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The page for operators, with its blocks of code and the metrics that it names. */
record Guide(String text) {
  private static final Pattern BLOCK =
      Pattern.compile("^```([^\\n]+)\\n(.*?)^```$", Pattern.MULTILINE | Pattern.DOTALL);
  private static final Pattern METRIC =
      Pattern.compile("\\b(?:voiceledger|sql)_[a-z_]+(?=[\\s`{),]|\\[)");

  /** Code under a mark: sh, sql, promql, or sh not-run. */
  record Block(String mark, String code) {}

  static Guide read() throws IOException {
    return new Guide(Files.readString(Path.of("docs", "operations.md")));
  }

  List<Block> blocks() {
    return BLOCK
        .matcher(text)
        .results()
        .map(found -> new Block(found.group(1), found.group(2).strip()))
        .toList();
  }

  List<String> marked(String mark) {
    return blocks().stream().filter(block -> block.mark().equals(mark)).map(Block::code).toList();
  }

  /** All that the page names. */
  Set<String> metrics() {
    return metrics(text);
  }

  /** The row of the table that tells of a metric; empty where there is none. */
  String row(String metric) {
    return text.lines()
        .filter(line -> line.startsWith("|") && line.contains("`" + metric))
        .findFirst()
        .orElse("");
  }

  static Set<String> metrics(String text) {
    Set<String> names = new TreeSet<>();
    Matcher found = METRIC.matcher(text);
    while (found.find()) {
      names.add(found.group());
    }
    return names;
  }
}
