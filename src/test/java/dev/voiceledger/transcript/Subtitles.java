package dev.voiceledger.transcript;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Strict readers of subtitles, by the grammar: what does not follow it fails. */
final class Subtitles {
  private static final Pattern VTT_TIMES = times("\\.");
  private static final Pattern SRT_TIMES = times(",");
  private static final Pattern VOICE =
      Pattern.compile("<v ((?:[^\n\r&<>]|&(?:amp|lt|gt);)+)>(.*)</v>", Pattern.DOTALL);

  private Subtitles() {}

  record Cue(String name, String speaker, long startMs, long endMs, String text) {}

  private static Pattern times(String point) {
    String time = "(\\d{2,}):([0-5]\\d):([0-5]\\d)" + point + "(\\d{3})";
    return Pattern.compile(time + " --> " + time);
  }

  /** WebVTT: a header, then blocks parted by blank lines; each a name, times, and text. */
  static List<Cue> vtt(String file) {
    assertTrue(file.startsWith("WEBVTT\n\n"), file);
    List<Cue> cues = new ArrayList<>();
    for (String block : blocks(file.substring("WEBVTT\n\n".length()))) {
      List<String> lines = List.of(block.split("\n"));
      assertFalse(lines.getFirst().contains("-->"), block);
      String payload = String.join("\n", lines.subList(2, lines.size()));
      assertFalse(payload.contains("-->"), payload);
      Matcher voice = VOICE.matcher(payload);
      assertTrue(voice.matches(), payload);
      assertTrue(voice.group(2).matches("(?s)([^&<>]|&(amp|lt|gt);)*"), payload);
      cues.add(cue(lines, VTT_TIMES, decoded(voice.group(1)), decoded(voice.group(2))));
    }
    for (int i = 1; i < cues.size(); i++) {
      assertTrue(cues.get(i).startMs() >= cues.get(i - 1).startMs(), "cues begin in order");
    }
    return cues;
  }

  /** SubRip: numbers from 1, times, text with the speaker before it. */
  static List<Cue> srt(String file) {
    List<Cue> cues = new ArrayList<>();
    for (String block : blocks(file)) {
      List<String> lines = List.of(block.split("\n"));
      assertEquals("" + (cues.size() + 1), lines.getFirst());
      String payload = String.join("\n", lines.subList(2, lines.size()));
      assertFalse(payload.contains("-->"), payload);
      assertFalse(Pattern.compile("<[/a-zA-Z!?]|\\{\\\\").matcher(payload).find(), payload);
      cues.add(cue(lines, SRT_TIMES, null, payload));
    }
    return cues;
  }

  private static List<String> blocks(String file) {
    assertFalse(file.contains("\r") || file.contains("\n\n\n"), "no other breaks");
    return List.of(file.strip().split("\n\n"));
  }

  private static Cue cue(List<String> lines, Pattern times, String speaker, String text) {
    Matcher found = times.matcher(lines.get(1));
    assertTrue(found.matches(), lines.get(1));
    Cue cue = new Cue(lines.getFirst(), speaker, ms(found, 1), ms(found, 5), text);
    assertTrue(cue.endMs() > cue.startMs(), lines.get(1));
    return cue;
  }

  private static long ms(Matcher found, int from) {
    long minutes = Long.parseLong(found.group(from)) * 60 + Long.parseLong(found.group(from + 1));
    return (minutes * 60 + Long.parseLong(found.group(from + 2))) * 1_000
        + Long.parseLong(found.group(from + 3));
  }

  private static String decoded(String text) {
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
  }
}
