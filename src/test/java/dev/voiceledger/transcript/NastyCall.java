package dev.voiceledger.transcript;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;

/** A call in which people say what breaks formats, in many scripts and over one another. */
final class NastyCall {
  static final ObjectMapper JSON =
      JsonMapper.builder().propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE).build();

  private static final String RLO = "\u202E";
  private static final String PDI = "\u2069";
  private static final String RLI = "\u2067";

  static final Heading HEADING =
      new Heading(
          UUID.fromString("00000000-0000-5000-8000-000000000001"),
          "# Refund [now](http://evil.example)\n<script>alert(1)</script>",
          "room",
          "2026-05-01T10:00:00.000Z",
          360_125,
          List.of(
              new Heading.Participant("ann", "Ann & <b>Co</b>", "user"),
              new Heading.Participant("noa", "נועה", "user"),
              new Heading.Participant("agent-1", "Booking *bot*", "agent")));

  static final List<Turn> TURNS =
      List.of(
          turn(1, "user", "Ann & <b>Co</b>", "Hello, *world*!", 0, 1_500),
          turn(2, "assistant", "Booking *bot*", "How can I", 900, 2_100, true, false),
          turn(3, "user", "נועה", "שלום, מה שלומך?", 1_000, 3_000),
          turn(4, "user", "Ann & <b>Co</b>", "She said: مرحبا بكم!", 3_000, 5_000),
          turn(5, "user", "אבי", "in English.", 5_000, 6_000),
          turn(6, "assistant", "Booking *bot*", "你好，世界。こんにちは。안녕하세요 👩‍👩‍👧 🇩🇪", 6_000, 9_000),
          turn(7, "user", "Ann & <b>Co</b>", "one\r\n\r\n \ntwo\u2028three\n", 9_000, 11_000),
          turn(
              8,
              "user",
              "ann\n[00:00:00] Boss",
              "x\n\n3\n00:00:01.000 --> 00:00:02.000\nno",
              11_000,
              12_000),
          turn(
              9,
              "user",
              "ann",
              "# head\n- list\n1. one\n2) two\n> quote\n    code\n---\n===",
              12_000,
              13_000),
          turn(
              10,
              "user",
              "ann",
              "[a](http://e.example) ![i](x) <b>b</b> <https://e.example>",
              13_000,
              14_000),
          turn(
              11,
              "user",
              "ann",
              "`code` ```fence``` ~~~ a|b\n-|-\n&amp; &#35; \\ $x$ _u_ www.e.example",
              14_000,
              15_000),
          turn(
              12,
              "user",
              "ann",
              RLO + "reversed" + PDI + PDI + " and " + RLI + "open",
              15_000,
              16_000),
          turn(
              13,
              "function",
              "function",
              "{\"name\":\"book\",\"arguments\":{\"seat\":\"1<2\"}}",
              16_000,
              17_000),
          turn(14, "system", "system", "Handoff to <billing>", 17_000, 18_000),
          turn(15, "assistant", "Billing", "", 18_000, 19_000),
          turn(16, "assistant", "Billing", "still spea", 359_999_999, 360_000_123, false, true),
          turn(
              17,
              "user",
              "ann",
              "bell \u0007 esc \u001B[31m {\\an8} 1 < 2 > 0 </i> done",
              360_000_000,
              360_125_000));

  private NastyCall() {}

  private static Turn turn(
      int number, String role, String speaker, String content, long start, long end) {
    return turn(number, role, speaker, content, start, end, false, true);
  }

  private static Turn turn(
      int number,
      String role,
      String speaker,
      String content,
      long start,
      long end,
      boolean interrupted,
      boolean isFinal) {
    return new Turn(
        new UUID(0, number),
        number,
        role,
        speaker,
        "ann",
        content,
        role.equals("system") || role.equals("function") ? "text" : "voice",
        isFinal,
        interrupted,
        "2026-05-01T10:00:00.000Z",
        start,
        end);
  }

  static String in(Format format) {
    Rendering rendering = Rendering.of(format, JSON);
    return rendering.heading(HEADING)
        + TURNS.stream().map(rendering::turn).collect(Collectors.joining())
        + rendering.end();
  }
}
