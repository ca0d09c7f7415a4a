package dev.voiceledger.transcript;

import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The older subtitles, which have no way to escape anything: an arrow, and what players take for
 * tags, is broken by a word joiner, which nobody sees.
 */
final class SubRip implements Rendering {
  private static final Pattern COMMAND =
      Pattern.compile("--(?=>)|<(?=[/!?\\p{Alpha}])|\\{(?=\\\\)");
  private static final String JOINED = "$0\u2060";

  private int cues;

  @Override
  public String heading(Heading heading) {
    return "";
  }

  @Override
  public String turn(Turn turn) {
    if (!turn.isHeard()) {
      return "";
    }
    String text = Rendering.cue(turn).stream().map(SubRip::shown).collect(Collectors.joining("\n"));
    cues++;
    return "%d\n%s --> %s\n%s: %s\n\n"
        .formatted(
            cues,
            Clock.cue(turn.startMs(), ','),
            Clock.cue(turn.endMs(), ','),
            shown(Lines.isolated(Lines.label(turn.speaker()))),
            text);
  }

  @Override
  public String end() {
    return "";
  }

  private static String shown(String line) {
    return COMMAND.matcher(line).replaceAll(JOINED);
  }
}
