package dev.voiceledger.transcript;

import java.util.List;
import java.util.StringJoiner;
import java.util.stream.Collectors;

/**
 * For people and for {@code grep}. A turn begins with its time; its further lines are indented, so
 * that nobody can speak a line that looks like another's.
 */
record PlainText() implements Rendering {
  private static final String INDENTED = "\n           ";

  @Override
  public String heading(Heading heading) {
    StringJoiner lines = new StringJoiner("\n", "", "\n\n");
    lines.add(Lines.isolated(Lines.label(heading.name())));
    if (heading.startedAt() != null) {
      lines.add("Date: " + heading.startedAt());
    }
    if (heading.duration() != null) {
      lines.add("Duration: " + heading.duration());
    }
    if (!heading.participants().isEmpty()) {
      lines.add(
          heading.participants().stream()
              .map(each -> Lines.isolated(Lines.label(each.label())))
              .collect(Collectors.joining(", ", "Participants: ", "")));
    }
    return lines.toString();
  }

  @Override
  public String turn(Turn turn) {
    List<String> lines = Lines.of(turn.content()).stream().map(Lines::isolated).toList();
    String text = lines.isEmpty() ? "" : " " + String.join(INDENTED, lines);
    return "["
        + Clock.offset(turn.startMs())
        + "] "
        + Lines.isolated(Lines.label(turn.speaker()))
        + ":"
        + text
        + (turn.interrupted() ? " [" + INTERRUPTED + "]" : "")
        + (turn.isFinal() ? "" : " [" + INTERIM + "]")
        + "\n";
  }

  @Override
  public String end() {
    return "";
  }
}
