package dev.voiceledger.start;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EnvironmentFileTest {
  @Test
  void a_file_as_people_write_it_is_read() {
    String text =
        """
        # LiveKit's own names
        LIVEKIT_URL=wss://lk.example?a=b#c
        export LIVEKIT_API_KEY = APIkey   # of the project

        LIVEKIT_API_SECRET="with # and \\\\ and \\" inside" # quoted
        JWT_SECRET='as $it \\is'
        PORT=
        HOST= # none
        LIVEKIT_KEYS="one: 1
        two: 2"
        LAST="a\\nb"\
        """;

    assertEquals(
        Map.of(
            "LIVEKIT_URL", "wss://lk.example?a=b#c",
            "LIVEKIT_API_KEY", "APIkey",
            "LIVEKIT_API_SECRET", "with # and \\ and \" inside",
            "JWT_SECRET", "as $it \\is",
            "PORT", "",
            "HOST", "",
            "LIVEKIT_KEYS", "one: 1\ntwo: 2",
            "LAST", "a\nb"),
        EnvironmentFile.parse(text));
    assertEquals(Map.of("A", "b", "C", "d"), EnvironmentFile.parse("A=b\r\nC=\"d\"\r\n"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"KEY", "KEY=\"hidden", "KEY='hidden'more", "KEY hidden=1"})
  void a_line_that_sets_nothing_is_told_and_not_quoted(String line) {
    Refusal refusal =
        assertThrows(Refusal.class, () -> EnvironmentFile.parse("A=1\n" + line + "\nB=2"));

    assertTrue(refusal.getMessage().contains("line 2 "), refusal.getMessage());
    assertFalse(refusal.getMessage().contains("hidden"), refusal.getMessage());
  }

  @Test
  void a_long_value_is_read() {
    String text = "x\\\\".repeat(100_000);

    assertEquals("x\\".repeat(100_000), EnvironmentFile.parse("A=\"" + text + "\"").get("A"));
  }
}
