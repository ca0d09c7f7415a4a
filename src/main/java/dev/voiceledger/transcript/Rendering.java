package dev.voiceledger.transcript;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.List;

/** A transcript as text of one format, piece by piece: what stands over it, its turns, its end. */
sealed interface Rendering permits PlainText, Markdown, WebVtt, SubRip, Json {
  /** Marks of turns, where words are to say it. */
  String INTERRUPTED = "interrupted";

  String INTERIM = "interim";

  String heading(Heading heading);

  String turn(Turn turn);

  String end();

  /** A new one for each transcript: some count. */
  static Rendering of(Format format, ObjectMapper json) {
    return switch (format) {
      case TEXT -> new PlainText();
      case MARKDOWN -> new Markdown();
      case VTT -> new WebVtt();
      case SRT -> new SubRip();
      case JSON -> new Json(json);
    };
  }

  /**
   * The lines of a cue. In subtitles a mark is what the eye knows: a dash where somebody was cut
   * off, points where more may come.
   */
  static List<String> cue(Turn turn) {
    List<String> lines = new ArrayList<>(Lines.of(turn.content()));
    String mark = turn.interrupted() ? "—" : turn.isFinal() ? "" : "…";
    lines.addLast(lines.removeLast() + mark);
    return lines.stream().map(Lines::isolated).toList();
  }
}
