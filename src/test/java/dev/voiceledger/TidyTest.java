package dev.voiceledger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Rules of the house that a compiler cannot see. Each says why, and what to do instead. */
class TidyTest {
  private static final Path MAIN = Path.of("src/main/java/dev/voiceledger");
  private static final Path TESTS = Path.of("src/test/java/dev/voiceledger");
  private static final int FILE_LINES_MAX = 250;
  private static final int METHOD_LINES_MAX = 30;
  private static final int LINE_CHARACTERS_MAX = 100;

  /**
   * Imports run one way: a package knows only those before it. A webhook is read webhook, ledger,
   * call; nothing turns back.
   */
  private static final List<String> FLOW =
      List.of(
          "platform",
          "access",
          "livekit",
          "call",
          "ledger",
          "webhook",
          "reconcile",
          "search",
          "history",
          "join",
          "message",
          "report",
          "transcript",
          "live",
          "retention",
          "operate",
          "page",
          "start");

  private record Rule(String what, Pattern pattern, Predicate<Path> except, String remedy) {
    static Rule of(String what, String regex, String remedy) {
      return new Rule(what, Pattern.compile(regex), file -> false, remedy);
    }

    Rule but(String... names) {
      return new Rule(
          what, pattern, file -> Stream.of(names).anyMatch(file.toString()::endsWith), remedy);
    }
  }

  /**
   * Stores; the doors that set role and claims; and what prepares a database before the service.
   */
  private static final String[] SQL_DOORS = {
    "Store.java",
    "platform/Database.java",
    "platform/DatabaseReadiness.java",
    "ledger/GroupConnection.java",
    "start/DatabaseDoor.java",
    "start/DatabaseRoles.java",
    "start/EmbeddedDatabase.java"
  };

  private static final List<Rule> RULES =
      List.of(
          Rule.of(
              "blocking",
              "\\.await\\(\\)|awaitIndefinitely",
              "chain instead: event loops wait for nobody"),
          Rule.of(
              "detached work",
              "\\.subscribe\\(",
              "return the Uni: else nobody hears of its failure"),
          Rule.of(
              "parallel on one session",
              "Uni\\.(combine|join)\\(",
              "a session is for one stream: chain"),
          Rule.of(
                  "a second door",
                  "@WithTransaction|@WithSession|@Transactional|Panache\\.with",
                  "go through Database: it sets role and claims")
              .but("Database.java"),
          Rule.of(
                  "SQL outside a store",
                  "(?i)\"\\s*(select|insert|update|delete|begin|create|alter|grant)\\b[^\"]* ",
                  "write it into a *Store or a migration")
              .but(SQL_DOORS),
          Rule.of("native SQL outside a store", "createNativeQuery", "write it into a *Store")
              .but("Database.java"),
          Rule.of("an unfinished place", "TODO|FIXME|XXX", "finish it, or open an issue"),
          Rule.of("a tab", "\t", "indent with spaces"),
          Rule.of(
              "a swallowed exception",
              "catch \\([^)]*\\) \\{\\s*\\}",
              "answer it, or say why it may pass"),
          Rule.of(
                  "a printed line",
                  "printStackTrace|System\\.err\\.print",
                  "log it, with an id and no payload")
              .but("Start.java", "Voiceledger.java", "DatabaseDoor.java"),
          Rule.of(
              "a payload in the log",
              "LOG\\.[a-z]+\\([^;]*(body\\(\\)|content\\(|metadata\\(|identity\\(|attributes\\()",
              "log ids only"));

  private static final Pattern BAD_NAME =
      Pattern.compile(".*(Impl|Helper|Manager|Util|Utils|Dto)\\.java");
  private static final Pattern IMPORT =
      Pattern.compile("^import (?:static )?dev\\.voiceledger\\.([a-z]+)\\.", Pattern.MULTILINE);
  private static final Pattern PUBLIC_TYPE =
      Pattern.compile(
          "^public (?:sealed |final |abstract )*(?:class|record|interface|enum|@interface) \\w+",
          Pattern.MULTILINE);
  private static final Pattern METHOD_START =
      Pattern.compile("^( {2,6})(?!return|if|for|while|switch|try|new |\\}|case)[\\w<].*\\(.*\\{$");

  @Test
  void the_house_rules_hold_in_every_line() throws IOException {
    List<String> untidy = new ArrayList<>();
    for (Path file : java(MAIN)) {
      String text = Files.readString(file);
      for (Rule rule : RULES) {
        Matcher found = rule.pattern().matcher(text);
        if (!rule.except().test(file) && found.find()) {
          int line = (int) text.substring(0, found.start()).lines().count();
          untidy.add(file + ":" + line + " " + rule.what() + "; " + rule.remedy());
        }
      }
    }
    assertNone(untidy);
  }

  @Test
  void files_methods_and_lines_stay_short() throws IOException {
    List<String> untidy = new ArrayList<>();
    for (Path file : Stream.concat(java(MAIN).stream(), java(TESTS).stream()).toList()) {
      List<String> lines = Files.readAllLines(file);
      if (lines.size() > FILE_LINES_MAX) {
        untidy.add(file + " has " + lines.size() + " lines: split it by what it does");
      }
      for (int i = 0; i < lines.size(); i++) {
        if (lines.get(i).length() > LINE_CHARACTERS_MAX) {
          untidy.add(file + ":" + (i + 1) + " is too long");
        }
      }
      untidy.addAll(longMethods(file, lines));
    }
    assertNone(untidy);
  }

  private static List<String> longMethods(Path file, List<String> lines) {
    List<String> untidy = new ArrayList<>();
    for (int i = 0; i < lines.size(); i++) {
      Matcher start = METHOD_START.matcher(lines.get(i));
      boolean type = lines.get(i).matches(".*\\b(class|record|interface|enum)\\b.*");
      boolean lambda = lines.get(i).contains("->");
      if (!start.matches() || type || lambda) {
        continue;
      }
      int end = lines.subList(i, lines.size()).indexOf(start.group(1) + "}");
      // One statement that makes one record is as long as the record has components.
      boolean mapping = lines.get(i + 1).matches(" +return new \\w+\\($");
      if (end > METHOD_LINES_MAX && !mapping) {
        untidy.add(file + ":" + (i + 1) + " runs for " + end + " lines: name its parts");
      }
    }
    return untidy;
  }

  @Test
  void names_say_what_a_thing_is() throws IOException {
    assertNone(
        java(MAIN).stream()
            .map(Path::toString)
            .filter(name -> BAD_NAME.matcher(name).matches())
            .toList());
  }

  @Test
  void public_types_say_what_they_are_for() throws IOException {
    List<String> untidy = new ArrayList<>();
    for (Path file : java(MAIN)) {
      String text = Files.readString(file);
      Matcher type = PUBLIC_TYPE.matcher(text);
      if (type.find() && !text.substring(0, type.start()).contains("/**")) {
        untidy.add(file + " has no sentence over " + type.group());
      }
    }
    assertNone(untidy);
  }

  @Test
  void every_package_tells_its_story() throws IOException {
    try (Stream<Path> packages = Files.list(MAIN).filter(Files::isDirectory)) {
      assertNone(
          packages
              .filter(folder -> !Files.exists(folder.resolve("package-info.java")))
              .map(folder -> folder + " has no package-info.java")
              .toList());
    }
  }

  @Test
  void imports_run_one_way() throws IOException {
    List<String> untidy = new ArrayList<>();
    for (Path file : java(MAIN)) {
      String own =
          MAIN.relativize(file).getParent() == null
              ? null
              : file.getParent().getFileName().toString();
      Matcher imported = IMPORT.matcher(Files.readString(file));
      while (own != null && imported.find()) {
        String other = imported.group(1);
        assertFalse(FLOW.indexOf(own) < 0, own + " has no place in the flow: give it one");
        if (FLOW.indexOf(other) > FLOW.indexOf(own)) {
          untidy.add(file + " imports " + other + ", which comes after " + own);
        }
      }
    }
    assertNone(untidy);
  }

  private static List<Path> java(Path root) {
    try (Stream<Path> files = Files.walk(root)) {
      return files.filter(file -> file.toString().endsWith(".java")).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void assertNone(List<String> untidy) {
    assertEquals("", String.join("\n", untidy));
  }
}
