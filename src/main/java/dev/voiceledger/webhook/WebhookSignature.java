package dev.voiceledger.webhook;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import dev.voiceledger.platform.LiveKitKeys;
import dev.voiceledger.platform.StrictJwt;
import jakarta.enterprise.context.ApplicationScoped;
import java.security.MessageDigest;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/**
 * Says whether LiveKit sent these bytes. The Authorization header is a bare JWT: HS256 under the
 * secret of its {@code iss}, with {@code exp}, and with {@code sha256}, the base64 of the body's
 * digest. The header is judged before a byte of the body is read, the body before it is parsed.
 *
 * <p>A join token has the same key, issuer and algorithm. It has no {@code sha256}, and what grants
 * something in a room or names somebody is no webhook: neither can stand for the other.
 */
@ApplicationScoped
class WebhookSignature {
  private static final int TOKEN_CHARS_MAX = 4096;
  private static final List<String> GRANTS =
      List.of("video", "sip", "agent", "inference", "observability");

  private final LiveKitKeys keys;
  private final InstantSource clock;

  WebhookSignature(LiveKitKeys keys, InstantSource clock) {
    this.keys = keys;
    this.clock = clock;
  }

  /**
   * What a valid token says.
   *
   * @param key that signed it
   * @param sha256 the base64 of the body's digest
   */
  record Claimed(String key, byte[] sha256) {

    /** In constant time: how much of a wrong digest is right must not show. */
    boolean matches(byte[] digest) {
      return MessageDigest.isEqual(sha256, Base64.getEncoder().encode(digest));
    }
  }

  /**
   * Judges the header alone.
   *
   * @return empty where it is not a valid token of a webhook, for whatever reason
   */
  Optional<Claimed> verify(String authorization) {
    if (authorization == null || authorization.length() > TOKEN_CHARS_MAX) {
      return Optional.empty();
    }
    return StrictJwt.read(authorization)
        .filter(this::isOurs)
        .filter(jwt -> jwt.isTimely(clock.instant()))
        .flatMap(WebhookSignature::claimed);
  }

  private boolean isOurs(StrictJwt jwt) {
    String issuer = jwt.text("iss");
    return issuer != null && keys.secret(issuer).filter(jwt::isSignedWith).isPresent();
  }

  private static Optional<Claimed> claimed(StrictJwt jwt) {
    boolean grants = GRANTS.stream().anyMatch(grant -> says(jwt.claims().path(grant)));
    boolean names = says(jwt.claims().path("sub"));
    String sha256 = jwt.text("sha256");
    return grants || names || sha256 == null || sha256.isEmpty()
        ? Optional.empty()
        : Optional.of(new Claimed(jwt.text("iss"), sha256.getBytes(UTF_8)));
  }

  /** Some senders write out what they have nothing to say in. */
  private static boolean says(JsonNode claim) {
    return claim.isContainerNode()
        ? !claim.isEmpty()
        : !claim.isMissingNode() && !claim.isNull() && !claim.asText().isEmpty();
  }
}
