package dev.voiceledger.transcript;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.commonmark.ext.gfm.tables.TablesExtension;
import org.commonmark.node.AbstractVisitor;
import org.commonmark.node.HardLineBreak;
import org.commonmark.node.Node;
import org.commonmark.node.Paragraph;
import org.commonmark.node.Text;
import org.commonmark.parser.Parser;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A nasty call in every format: as the files say, and as readers of these formats take it.
 *
 * <p>To renew the files: {@code TRANSCRIPTS=write ./mvnw test -Dtest=RenderingTest}
 */
class RenderingTest {
  private static final Path FILES = Path.of("src/test/resources/transcripts");
  private static final boolean WRITE = "write".equals(System.getenv("TRANSCRIPTS"));
  private static final String ISOLATES = "[\u2066-\u2069\u202A-\u202E]";

  @ParameterizedTest
  @EnumSource(Format.class)
  void is_as_the_file_says(Format format) throws Exception {
    Path file = FILES.resolve("nasty." + format.extension());
    if (WRITE) {
      Files.writeString(file, NastyCall.in(format));
    }
    assertEquals(Files.readString(file), NastyCall.in(format));
  }

  private static List<Turn> heard() {
    return NastyCall.TURNS.stream().filter(Turn::isHeard).toList();
  }

  /** What is seen of a content: its lines that are not blank, without signs of direction. */
  private static String seen(String content) {
    return Lines.of(content).stream()
        .map(line -> line.replaceAll(ISOLATES, "").strip())
        .collect(Collectors.joining("\n"));
  }

  private static String mark(Turn turn) {
    return turn.interrupted() ? "—" : turn.isFinal() ? "" : "…";
  }

  @Test
  void players_of_webvtt_show_what_was_said() {
    List<Subtitles.Cue> cues = Subtitles.vtt(NastyCall.in(Format.VTT));
    assertEquals(heard().size(), cues.size());
    for (int i = 0; i < cues.size(); i++) {
      Turn turn = heard().get(i);
      assertEquals("" + turn.number(), cues.get(i).name());
      assertEquals(Lines.label(turn.speaker()), cues.get(i).speaker());
      assertEquals(turn.startMs(), cues.get(i).startMs());
      assertEquals(turn.endMs(), cues.get(i).endMs());
      assertEquals(seen(turn.content()) + mark(turn), cues.get(i).text().replaceAll(ISOLATES, ""));
    }
  }

  @Test
  void players_of_subrip_show_what_was_said() {
    List<Subtitles.Cue> cues = Subtitles.srt(NastyCall.in(Format.SRT));
    assertEquals(heard().size(), cues.size());
    for (int i = 0; i < cues.size(); i++) {
      Turn turn = heard().get(i);
      String shown = cues.get(i).text().replaceAll(ISOLATES, "").replace("\u2060", "");
      assertEquals(Lines.label(turn.speaker()) + ": " + seen(turn.content()) + mark(turn), shown);
      assertEquals(turn.endMs(), cues.get(i).endMs());
    }
  }

  @Test
  void markdown_has_one_heading_one_list_and_paragraphs_of_text() {
    Node document =
        Parser.builder()
            .extensions(List.of(TablesExtension.create()))
            .build()
            .parse(NastyCall.in(Format.MARKDOWN));
    List<String> blocks = new ArrayList<>();
    for (Node block = document.getFirstChild(); block != null; block = block.getNext()) {
      blocks.add(block.getClass().getSimpleName());
    }
    List<String> wanted = new ArrayList<>(List.of("Heading", "BulletList"));
    NastyCall.TURNS.forEach(turn -> wanted.add("Paragraph"));
    assertEquals(wanted, blocks);
    List<String> inlines = new ArrayList<>();
    List<String> texts = new ArrayList<>();
    document.accept(new Inlines(inlines, texts));
    assertEquals(List.of(), inlines);
    for (int i = 0; i < NastyCall.TURNS.size(); i++) {
      Turn turn = NastyCall.TURNS.get(i);
      String text = texts.get(texts.size() - NastyCall.TURNS.size() + i);
      String shown = (Lines.label(turn.speaker()) + ": " + seen(turn.content())).strip();
      assertTrue(text.startsWith("[" + Clock.offset(turn.startMs()) + "] " + shown), text);
    }
  }

  /** Gathers what should not be there, and the text of each paragraph. */
  private static final class Inlines extends AbstractVisitor {
    private static final List<String> ALLOWED =
        List.of("Text", "StrongEmphasis", "Emphasis", "HardLineBreak");

    private final List<String> others;
    private final List<String> texts;
    private StringBuilder text = new StringBuilder();

    Inlines(List<String> others, List<String> texts) {
      this.others = others;
      this.texts = texts;
    }

    @Override
    public void visit(Paragraph paragraph) {
      text = new StringBuilder();
      visitChildren(paragraph);
      texts.add(text.toString().replaceAll(ISOLATES, ""));
    }

    @Override
    public void visit(Text node) {
      text.append(node.getLiteral());
    }

    @Override
    public void visit(HardLineBreak node) {
      text.append('\n');
    }

    @Override
    protected void visitChildren(Node parent) {
      for (Node child = parent.getFirstChild(); child != null; child = child.getNext()) {
        boolean inline = !(child instanceof org.commonmark.node.Block);
        if (inline && !ALLOWED.contains(child.getClass().getSimpleName())) {
          others.add(child.toString());
        }
        child.accept(this);
      }
    }
  }

  @Test
  void json_is_whole_and_as_it_was_said() throws Exception {
    JsonNode whole = NastyCall.JSON.readTree(NastyCall.in(Format.JSON));
    assertEquals(NastyCall.TURNS.size(), whole.get("turns").size());
    for (int i = 0; i < NastyCall.TURNS.size(); i++) {
      assertEquals(
          NastyCall.TURNS.get(i).content(), whole.at("/turns/" + i + "/content").textValue());
    }
  }

  /** Each line closes what it opens, so that no direction runs on into what follows. */
  @ParameterizedTest
  @EnumSource(
      value = Format.class,
      names = {"TEXT", "MARKDOWN", "VTT", "SRT"})
  void directions_end_with_their_line(Format format) {
    for (String line : NastyCall.in(format).lines().toList()) {
      int open = 0;
      for (int c : line.codePoints().toArray()) {
        open += c >= 0x2066 && c <= 0x2068 ? 1 : c == 0x2069 ? -1 : 0;
        assertTrue(open >= 0, line);
        boolean rightToLeft =
            Character.getDirectionality(c) == Character.DIRECTIONALITY_RIGHT_TO_LEFT;
        boolean voice = format == Format.VTT && line.startsWith("<v ");
        assertTrue(!rightToLeft || open > 0 || voice, line);
      }
      assertEquals(0, open, line);
    }
  }

  @Test
  void nobody_speaks_a_line_that_looks_like_another_s_or_moves_a_terminal() {
    String text = NastyCall.in(Format.TEXT);
    assertEquals(NastyCall.TURNS.size(), text.lines().filter(line -> line.startsWith("[")).count());
    for (Format format : Format.values()) {
      Stream<Integer> all = NastyCall.in(format).codePoints().boxed();
      assertEquals(0, all.filter(c -> Character.isISOControl(c) && c != '\n').count());
    }
  }
}
