package dev.voiceledger.join;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.auth0.jwt.JWT;
import com.auth0.jwt.algorithms.Algorithm;
import com.fasterxml.jackson.databind.JsonNode;
import dev.voiceledger.FreshDatabase;
import dev.voiceledger.webhook.Webhooks;
import java.io.IOException;
import java.time.Instant;
import java.util.Base64;
import java.util.HashSet;
import java.util.Set;

/** What a join token of ours says, once another library has found it genuine. */
final class JoinClaims {
  private static final long LIFE_SECONDS = 15 * 60;

  private JoinClaims() {}

  static JsonNode of(String token) {
    String payload =
        JWT.require(Algorithm.HMAC256(FreshDatabase.LIVEKIT_API_SECRET))
            .withIssuer(FreshDatabase.LIVEKIT_API_KEY)
            .build()
            .verify(token)
            .getPayload();
    try {
      return Webhooks.JSON.readTree(Base64.getUrlDecoder().decode(payload));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** It gives what a person in a call needs, for as long as is configured, and nothing beside. */
  static void assertPlain(JsonNode claims, String room) {
    assertEquals(
        "{\"roomJoin\":true,\"room\":\""
            + room
            + "\",\"canPublish\":true,\"canSubscribe\":true,"
            + "\"canPublishData\":true}",
        claims.get("video").toString());
    Set<String> names = new HashSet<>();
    claims.fieldNames().forEachRemaining(names::add);
    names.removeAll(
        Set.of("iss", "sub", "nbf", "iat", "exp", "call_id", "video", "name", "metadata"));
    names.removeAll(Set.of("attributes", "roomConfig", "identity"));
    assertEquals(Set.of(), names);
    long issued = claims.get("iat").asLong();
    assertEquals(LIFE_SECONDS, claims.get("exp").asLong() - issued);
    long before = issued - claims.get("nbf").asLong();
    assertTrue(before >= 1 && before <= 60, "nbf " + before + " s before iat");
    assertTrue(Math.abs(Instant.now().getEpochSecond() - issued) < 60);
  }
}
