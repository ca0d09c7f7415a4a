package dev.voiceledger.transcript;

import java.util.List;
import java.util.StringJoiner;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * CommonMark, each turn a paragraph. Whatever somebody says stays what they said: all that could
 * become a heading, a list, a link, an image, code or HTML is escaped.
 */
record Markdown() implements Rendering {
  /** Where it may stand, it means something; tables, strikes and formulas are common additions. */
  private static final Pattern SPECIAL = Pattern.compile("[\\\\`*_{}\\[\\]<>#|~&!$^]");

  /** Only at the beginning of a line: lists, underlined headings, rules. */
  private static final Pattern LEADING = Pattern.compile("^([-+=:]|[0-9]{1,9}(?=[.)]))");

  private static final Pattern NUMBERED = Pattern.compile("^([0-9]{1,9})([.)])");

  /** What common additions turn into links without being asked. */
  private static final Pattern ADDRESS =
      Pattern.compile("(?i)\\b(https?|ftp|mailto|xmpp):|\\bwww\\.");

  private static final String BREAK = "\\\n";

  @Override
  public String heading(Heading heading) {
    StringJoiner lines = new StringJoiner("\n", "# " + shown(Lines.label(heading.name())), "\n\n");
    lines.add("").add("");
    if (heading.startedAt() != null) {
      lines.add("- Date: " + heading.startedAt());
    }
    if (heading.duration() != null) {
      lines.add("- Duration: " + heading.duration());
    }
    if (!heading.participants().isEmpty()) {
      lines.add(
          heading.participants().stream()
              .map(each -> shown(Lines.label(each.label())))
              .collect(Collectors.joining(", ", "- Participants: ", "")));
    }
    return lines.toString();
  }

  @Override
  public String turn(Turn turn) {
    List<String> lines = Lines.of(turn.content()).stream().map(Markdown::shown).toList();
    String text = lines.isEmpty() ? "" : " " + String.join(BREAK, lines);
    return "\\["
        + Clock.offset(turn.startMs())
        + "\\] **"
        + shown(Lines.label(turn.speaker()))
        + "**:"
        + text
        + (turn.interrupted() ? " *(" + INTERRUPTED + ")*" : "")
        + (turn.isFinal() ? "" : " *(" + INTERIM + ")*")
        + "\n\n";
  }

  @Override
  public String end() {
    return "";
  }

  private static String shown(String line) {
    return Lines.isolated(escaped(line));
  }

  static String escaped(String line) {
    String escaped = SPECIAL.matcher(line).replaceAll("\\\\$0");
    escaped = NUMBERED.matcher(escaped).replaceFirst("$1\\\\$2");
    escaped = LEADING.matcher(escaped).replaceFirst("\\\\$1");
    return ADDRESS
        .matcher(escaped)
        .replaceAll(found -> {
          String all = found.group();
          return all.substring(0, all.length() - 1) + "\\\\" + all.charAt(all.length() - 1);
        });
  }
}
