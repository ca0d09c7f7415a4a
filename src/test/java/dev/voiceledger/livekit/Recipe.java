package dev.voiceledger.livekit;

import static java.util.stream.Collectors.toMap;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * A page of docs/recipes, with what a reader would type. A block of code whose fence names a file
 * is that file; a block of sh is commands, one a line.
 */
record Recipe(String text) {
  private static final Pattern FILE =
      Pattern.compile("^```\\w+ (\\S+)\\n(.*?)^```$", Pattern.MULTILINE | Pattern.DOTALL);
  private static final Pattern COMMANDS =
      Pattern.compile("^ *```sh\\n(.*?)^ *```$", Pattern.MULTILINE | Pattern.DOTALL);

  static Recipe of(String name) throws IOException {
    return new Recipe(Files.readString(Path.of("docs", "recipes", name)));
  }

  /** The same page with another address in it; fails if the page does not have the first. */
  Recipe with(String address, String another) {
    if (!text.contains(address)) {
      throw new IllegalStateException("the recipe does not tell of " + address);
    }
    return new Recipe(text.replace(address, another));
  }

  /** Writes the page's files into a folder. */
  void write(Path folder) throws IOException {
    Files.createDirectories(folder);
    for (MatchResult file : FILE.matcher(text).results().toList()) {
      Files.writeString(folder.resolve(file.group(1)), file.group(2));
    }
  }

  /** The environment variables of the one line that exports some. */
  Map<String, String> exported() {
    return command("export").stream()
        .skip(1)
        .map(setting -> setting.split("=", 2))
        .collect(toMap(setting -> setting[0], setting -> setting[1]));
  }

  /** The one command that has this word, in words. */
  List<String> command(String word) {
    List<String> lines =
        COMMANDS
            .matcher(text)
            .results()
            .flatMap(block -> block.group(1).lines())
            .map(String::strip)
            .filter(line -> List.of(line.split(" ")).contains(word))
            .toList();
    if (lines.size() != 1) {
      throw new IllegalStateException("commands with " + word + ": " + lines);
    }
    return List.of(lines.getFirst().split(" "));
  }
}
