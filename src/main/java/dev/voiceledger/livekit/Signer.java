package dev.voiceledger.livekit;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.voiceledger.platform.LiveKitKeys;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.InstantSource;
import org.jose4j.jws.AlgorithmIdentifiers;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.keys.HmacKey;
import org.jose4j.lang.JoseException;

/** Signs what LiveKit verifies: HS256 under the one key that the service calls its own. */
@ApplicationScoped
class Signer {
  /** Clients older than ours take a token without nbf for one that never ends. */
  private static final int CLOCK_SECONDS = 5;

  private final LiveKitKeys keys;
  private final InstantSource clock;

  Signer(LiveKitKeys keys, InstantSource clock) {
    this.keys = keys;
    this.clock = clock;
  }

  /** Claims that say who signs and when: iss, nbf, iat, exp, sub. */
  ObjectNode claims(String subject, Duration life) {
    long now = clock.instant().getEpochSecond();
    return JsonNodeFactory.instance
        .objectNode()
        .put("iss", keys.apiKey())
        .put("sub", subject)
        .put("nbf", now - CLOCK_SECONDS)
        .put("iat", now)
        .put("exp", now + life.toSeconds());
  }

  /** The claims as a JWT in its compact form. */
  String sign(ObjectNode claims) {
    JsonWebSignature token = new JsonWebSignature();
    token.setAlgorithmHeaderValue(AlgorithmIdentifiers.HMAC_SHA256);
    token.setHeader("typ", "JWT");
    token.setPayload(claims.toString());
    token.setKey(new HmacKey(keys.apiSecret().getBytes(UTF_8)));
    // The dev secret has six characters; the start refuses it where it would matter.
    token.setDoKeyValidation(false);
    try {
      return token.getCompactSerialization();
    } catch (JoseException e) {
      throw new IllegalStateException("every Java has HmacSHA256", e);
    }
  }
}
