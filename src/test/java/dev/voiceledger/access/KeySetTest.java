package dev.voiceledger.access;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.voiceledger.platform.Problem;
import dev.voiceledger.platform.ProblemException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jose4j.jwk.JsonWebKey;
import org.jose4j.jwk.PublicJsonWebKey;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A key set by a clock that stands still until the test moves it. */
class KeySetTest {
  private static final PublicJsonWebKey KEY = SignedTokens.pair("ES256", "one");

  private final KeySetDouble provider = new KeySetDouble();
  private Instant now = Instant.parse("2026-01-01T00:00:00Z");
  private final KeySet keys = new KeySet(URI.create(provider.url()), () -> now);

  @AfterEach
  void close() {
    provider.close();
  }

  private List<JsonWebKey> ask(String keyId) {
    return keys.keysFor(keyId).join();
  }

  private void assertUnsayable(String keyId) {
    var failure = assertThrows(CompletionException.class, () -> ask(keyId));
    Problem problem = ((ProblemException) failure.getCause()).problem();
    assertEquals(Problem.Type.OVERLOADED.status(), problem.status());
  }

  @Test
  void a_thousand_unknown_keys_a_second_are_one_fetch_in_ten() {
    provider.publishes(List.of(KEY));
    assertEquals(1, ask("one").size());
    for (int second = 0; second < 60; second++) {
      List<CompletableFuture<List<JsonWebKey>>> flood = new ArrayList<>();
      for (int i = 0; i < 1_000; i++) {
        flood.add(keys.keysFor("unknown " + second + " " + i));
      }
      flood.forEach(CompletableFuture::join);
      assertEquals(1, ask("one").size());
      assertEquals(1 + second / 10, provider.fetches());
      now = now.plusSeconds(1);
    }
  }

  @Test
  void nothing_can_be_said_before_the_first_fetch() {
    provider.answers(500);
    assertUnsayable("one");
    assertUnsayable(null);
    provider.publishes(List.of(KEY));
    assertUnsayable("one");
    assertEquals(1, provider.fetches());
    now = now.plusSeconds(10);
    assertEquals(1, ask("one").size());
    assertEquals(0, ask("two").size());
    assertEquals(1, ask(null).size());
  }

  @Test
  void a_key_that_left_is_forgotten_after_a_minute_even_where_nobody_asked() {
    provider.publishes(List.of(KEY));
    assertEquals(1, ask("one").size());
    provider.publishes(List.of());
    now = now.plusSeconds(60);
    assertEquals(0, ask("one").size());
    assertEquals(2, provider.fetches());
  }

  @Test
  void known_keys_are_good_for_a_day_without_the_provider() {
    provider.publishes(List.of(KEY));
    assertEquals(1, ask("one").size());
    provider.answers(503);
    now = now.plus(Duration.ofHours(23));
    assertEquals(1, ask("one").size());
    now = now.plus(Duration.ofHours(2));
    assertUnsayable("one");
  }

  @Test
  void who_has_a_known_key_waits_for_no_fetch_while_the_provider_is_down() {
    provider.publishes(List.of(KEY));
    assertEquals(1, ask("one").size());
    provider.answers(500);
    now = now.plusSeconds(60);
    assertUnsayable("two");
    provider.isSilent();
    for (int i = 0; i < 60; i++) {
      now = now.plusSeconds(10);
      keys.keep();
      assertTrue(keys.keysFor("one").isDone(), "the fetch is not");
    }
    provider.speaks();
  }

  @Test
  void what_is_no_key_set_changes_nothing() {
    provider.publishes(List.of(KEY));
    assertEquals(1, ask("one").size());
    String large = "{\"keys\":[],\"more\":\"" + "x".repeat(300_000) + "\"}";
    for (String text : List.of("", "no", "[]", "{}", "{\"keys\":1}", large)) {
      provider.publishes(text);
      now = now.plusSeconds(60);
      assertUnsayable("two");
      assertEquals(1, ask("one").size(), () -> text.substring(0, Math.min(20, text.length())));
    }
    provider.publishes(List.of());
    provider.answers(302);
    now = now.plusSeconds(60);
    int before = provider.fetches();
    assertUnsayable("two");
    assertEquals(1, ask("one").size());
    assertEquals(before + 1, provider.fetches(), "a redirection is not followed");
  }

  @Test
  void a_secret_in_a_set_is_no_key() {
    provider.publishes("{\"keys\":[{\"kty\":\"oct\",\"kid\":\"one\",\"k\":\"c2VjcmV0\"}]}");
    assertEquals(0, ask("one").size());
    assertEquals(0, ask(null).size());
  }

  @Test
  void a_provider_that_never_ends_its_answer_is_given_up() {
    provider.isSilent();
    assertUnsayable("one");
    provider.speaks();
    provider.publishes(List.of(KEY));
    now = now.plusSeconds(10);
    assertEquals(1, ask("one").size());
  }
}
