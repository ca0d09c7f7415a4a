package dev.voiceledger.transcript;

import java.util.stream.Collectors;

/**
 * W3C's subtitles. The speaker is the cue's voice, a cue's name the message's number. Cues stand in
 * the order of their starts and may overlap, as people do.
 */
record WebVtt() implements Rendering {

  @Override
  public String heading(Heading heading) {
    return "WEBVTT\n\n";
  }

  @Override
  public String turn(Turn turn) {
    if (!turn.isHeard()) {
      return "";
    }
    String text =
        Rendering.cue(turn).stream().map(WebVtt::escaped).collect(Collectors.joining("\n"));
    return "%d\n%s --> %s\n<v %s>%s</v>\n\n"
        .formatted(
            turn.number(),
            Clock.cue(turn.startMs(), '.'),
            Clock.cue(turn.endMs(), '.'),
            escaped(Lines.label(turn.speaker())),
            text);
  }

  @Override
  public String end() {
    return "";
  }

  /** With no {@code >} left, no arrow is. */
  private static String escaped(String line) {
    return line.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }
}
