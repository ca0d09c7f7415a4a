package dev.voiceledger.webhook;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.voiceledger.FreshDatabase;
import dev.voiceledger.platform.LiveKitKeys;
import java.time.InstantSource;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/**
 * Whatever the bytes: an event, never an exception. Runs over its corpus like any test; with {@code
 * JAZZER_FUZZ=1} and one method named it looks for new bytes.
 */
class WebhookFuzzTest {
  private static final LiveKitKeys KEYS =
      new LiveKitKeys(
          FreshDatabase.LIVEKIT_API_KEY, FreshDatabase.LIVEKIT_API_SECRET, Optional.empty());
  private static final WebhookSignature SIGNATURE =
      new WebhookSignature(KEYS, InstantSource.system());

  @FuzzTest(maxDuration = "3m")
  void a_body_is_an_event_and_keeps_its_shape(byte[] body) {
    int length = body.length;
    boolean json = Json.object(body).isObject();
    WebhookEvent event = EventReader.read(body, "sha256:fuzz");
    assertNotNull(event.source().id());

    Secrets.overwrite(body);

    assertEquals(length, body.length);
    assertNotNull(EventFacts.of(event, body));
    if (json) { // what was none may become JSON: the byte that broke it may lie in a secret
      assertTrue(Json.object(body).isObject());
      assertEquals(event.source().id(), EventReader.read(body, "sha256:fuzz").source().id());
    }
  }

  @FuzzTest(maxDuration = "2m")
  void a_header_that_nobody_signed_is_nobodys(byte[] header) {
    assertFalse(SIGNATURE.verify(new String(header, ISO_8859_1)).isPresent());
    assertFalse(SIGNATURE.verify(new String(header, UTF_8)).isPresent());
  }

  /** Signed by LiveKit's own key, so that the claims themselves are read. */
  @FuzzTest(maxDuration = "2m")
  void claims_of_any_shape_are_judged(byte[] claims) {
    String token =
        Webhooks.jwt(
            "{\"alg\":\"HS256\"}", new String(claims, UTF_8), FreshDatabase.LIVEKIT_API_SECRET);
    SIGNATURE.verify(token).ifPresent(claimed -> assertFalse(claimed.matches(new byte[32])));
  }

  /** That these targets can fail at all: see the corpus, and this. */
  @Test
  void a_signed_header_is_somebodys() {
    byte[] body = "{}".getBytes(UTF_8);
    String header =
        Webhooks.sign(body, FreshDatabase.LIVEKIT_API_KEY, FreshDatabase.LIVEKIT_API_SECRET);
    assertFalse(SIGNATURE.verify(header).isEmpty());
  }
}
