package dev.voiceledger.platform;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LiveKitKeysTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "one: 1+/=\ntwo: 2:2",
        "one: 1+/=, two: 2:2",
        "one:1+/=,two:2:2,",
        "\r\n  one: 1+/=\r\n\r\n  two: 2:2\r\n",
        "\"one\": \"1+/=\"\n'two': '2:2'",
        "{one: 1+/=, two: 2:2}",
        "{\n  \"one\": \"1+/=\",\n  \"two\": \"2:2\"\n}\n"
      })
  void livekits_own_forms_are_read_alike(String list) {
    LiveKitKeys keys = new LiveKitKeys("devkey", "secret", Optional.of(list));

    assertEquals(Optional.of("1+/="), keys.secret("one"));
    assertEquals(Optional.of("2:2"), keys.secret("two"));
    assertEquals(Optional.of("secret"), keys.secret("devkey"));
  }

  @Test
  void quotes_hold_what_would_part_pairs() {
    assertEquals(Map.of("a b", "c, d: {e}"), LiveKitKeys.parse("\"a b\": 'c, d: {e}'"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " \n", "{}", "{ }", ","})
  void no_pair_is_no_key(String list) {
    assertEquals(Map.of(), LiveKitKeys.parse(list));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "hidden",
        "key:",
        ": hidden",
        "key: \"\"",
        "key: \"hidden",
        "key: hidden other: hidden",
        "{key: hidden",
        "key: hidden}",
        "key: hidden\nhidden",
        "key: hidden, key: other"
      })
  void what_cannot_be_read_is_refused_and_not_quoted(String list) {
    IllegalArgumentException refusal =
        assertThrows(IllegalArgumentException.class, () -> LiveKitKeys.parse(list));

    assertTrue(refusal.getMessage().contains("LIVEKIT_KEYS"));
    assertFalse(refusal.getMessage().contains("hidden"));
  }
}
