package dev.voiceledger.access;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.voiceledger.webhook.TestClock;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.response.Response;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.List;
import org.jose4j.jwk.PublicJsonWebKey;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Keys come and go, and the provider with them; who has a good token notices nothing of it. */
@QuarkusTest
@TestProfile(MovedClock.class)
@WithTestResource(KeySetInstallation.class)
class KeyRotationTest {
  private static final int REQUESTS = 1_000;
  private static final Duration MINUTE = Duration.ofSeconds(60);
  private static final PublicJsonWebKey OLD = SignedTokens.pair("ES256", "old");
  private static final PublicJsonWebKey NEW = SignedTokens.pair("RS256", "new");
  private static final PublicJsonWebKey THIRD = SignedTokens.pair("EdDSA", "third");

  /** Forward only, as clocks go: each test begins where the one before it ended. */
  private static Duration ahead = Duration.ZERO;

  KeySetDouble provider;

  @Inject TestClock clock;

  @BeforeEach
  void theOldKeyIsInUse() {
    provider.publishes(List.of(OLD));
    later(MINUTE);
    assertEquals(200, who(token(OLD)).statusCode());
  }

  @AfterEach
  void theProviderIsUp() {
    provider.publishes(List.of(OLD));
  }

  private void later(Duration time) {
    ahead = ahead.plus(time);
    clock.ahead(ahead);
  }

  private String token(PublicJsonWebKey pair) {
    return SignedTokens.user(pair, clock.instant());
  }

  private static Response who(String token) {
    return Tokens.bearer(token).get("/asking/who");
  }

  @Test
  void between_two_keys_nobody_is_refused_and_after_it_the_old_one_is() {
    provider.publishes(List.of(OLD, NEW));
    later(MINUTE);
    int refused = 0;
    for (int i = 0; i < REQUESTS; i++) {
      refused += who(token(i % 2 == 0 ? OLD : NEW)).statusCode() == 200 ? 0 : 1;
    }
    assertEquals(0, refused);
    provider.publishes(List.of(NEW));
    later(MINUTE);
    assertEquals(401, who(token(OLD)).statusCode(), "gone for a minute");
    assertEquals(200, who(token(NEW)).statusCode());
  }

  @Test
  void a_new_key_is_known_when_it_is_first_used() {
    provider.publishes(List.of(OLD, THIRD));
    later(Duration.ofSeconds(10));
    assertEquals(200, who(token(THIRD)).statusCode());
    assertEquals(200, who(token(OLD)).statusCode());
  }

  @Test
  void while_the_provider_is_down_known_keys_go_on() {
    provider.answers(500);
    for (int i = 0; i < 40; i++) {
      later(Duration.ofSeconds(15));
      assertEquals(200, who(token(OLD)).statusCode(), "after " + i * 15 + " s");
    }
    Response unknown = who(token(NEW));
    assertEquals(503, unknown.statusCode(), "nothing can be said of it");
    assertEquals("urn:voiceledger:problem:overloaded", unknown.path("type"));
    assertEquals("10", unknown.header("Retry-After"));
    provider.publishes(List.of(NEW));
    later(Duration.ofSeconds(10));
    assertEquals(200, who(token(NEW)).statusCode());
    assertEquals(401, who(token(OLD)).statusCode());
  }

  @Test
  void unknown_keys_are_asked_for_every_ten_seconds_and_no_more() {
    int before = provider.fetches();
    int others = 0;
    for (int i = 0; i < 300; i++) {
      NEW.setKeyId("unknown " + i);
      others += who(token(NEW)).statusCode() == 401 ? 0 : 1;
      later(Duration.ofMillis(100));
    }
    NEW.setKeyId("new");
    assertEquals(0, others);
    int fetches = provider.fetches() - before;
    assertTrue(fetches >= 1 && fetches <= 5, fetches + " fetches in 30 s and what the tests take");
  }

  @Test
  void join_tokens_need_no_key_set_and_secrets_sign_nothing_here() {
    provider.answers(500);
    later(MINUTE);
    long soon = clock.instant().getEpochSecond() + 60;
    assertEquals("participant", who(Tokens.join("r", "ada", c -> c.put("exp", soon))).asString());
    assertEquals(401, who(Tokens.user(c -> c.put("exp", soon))).statusCode());
  }
}
