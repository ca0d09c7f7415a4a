package dev.voiceledger.access;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.voiceledger.FreshDatabase;
import dev.voiceledger.platform.LiveKitKeys;
import dev.voiceledger.webhook.Webhooks;
import java.time.InstantSource;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/**
 * Whatever a bearer token is: somebody, or nobody, and never an exception. See {@code
 * WebhookFuzzTest} for how it is run.
 */
class TokenFuzzTest {
  private static final LiveKitKeys KEYS =
      new LiveKitKeys(
          FreshDatabase.LIVEKIT_API_KEY, FreshDatabase.LIVEKIT_API_SECRET, Optional.empty());
  private static final BearerTokens TOKENS =
      new BearerTokens(
          Optional.of("a-service-token-of-fuzzing-0123456789"),
          new JoinTokens(KEYS, InstantSource.system()),
          new UserTokens(
              Optional.of(FreshDatabase.JWT_SECRET),
              Optional.empty(),
              Optional.empty(),
              Optional.empty(),
              InstantSource.system(),
              null));

  private static Optional<Caller> caller(String token) {
    return TOKENS.caller(token).subscribeAsCompletionStage().join();
  }

  @FuzzTest(maxDuration = "2m")
  void a_token_that_nobody_signed_is_nobodys(byte[] token) {
    assertFalse(caller(new String(token, ISO_8859_1)).isPresent());
    assertFalse(caller(new String(token, UTF_8)).isPresent());
  }

  @FuzzTest(maxDuration = "2m")
  void claims_of_any_shape_are_judged(byte[] claims) {
    String text = new String(claims, UTF_8);
    caller(Webhooks.jwt(Tokens.HEADER, text, FreshDatabase.JWT_SECRET))
        .ifPresent(TokenFuzzTest::isWhole);
    caller(Webhooks.jwt(Tokens.HEADER, text, FreshDatabase.LIVEKIT_API_SECRET))
        .ifPresent(TokenFuzzTest::isWhole);
    caller(Webhooks.jwt(text, Tokens.userClaims(c -> {}), FreshDatabase.JWT_SECRET))
        .ifPresent(TokenFuzzTest::isWhole);
  }

  private static void isWhole(Caller caller) {
    if (caller.join() != null) {
      assertFalse(caller.join().room().isEmpty() || caller.join().identity().isEmpty());
      assertFalse(caller.operates());
    } else {
      assertTrue(caller.claims().startsWith("{"));
      assertTrue(caller.userId() == null || UserClaims.isUuid(caller.userId()));
    }
  }

  /** That the targets reach somebody at all. */
  @Test
  void a_signed_token_is_somebodys() {
    assertTrue(caller(Tokens.user(claims -> {})).isPresent());
    assertTrue(caller(Tokens.join("room", "ann")).isPresent());
    assertTrue(caller("a-service-token-of-fuzzing-0123456789").isPresent());
  }
}
