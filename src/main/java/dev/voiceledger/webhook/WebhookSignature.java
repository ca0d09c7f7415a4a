package dev.voiceledger.webhook;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.voiceledger.platform.LiveKitKeys;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

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
  /** LiveKit's reference verifier allows as much. */
  static final int LEEWAY_SECONDS = 60;

  /** LiveKit's live 5 minutes, others' for hours; in milliseconds a token would live for ever. */
  static final long LIFE_SECONDS_MAX = 366L * 86_400;

  private static final int TOKEN_CHARS_MAX = 4096;
  private static final String ALGORITHM = "HS256";
  private static final List<String> GRANTS =
      List.of("video", "sip", "agent", "inference", "observability");
  private static final ObjectMapper STRICT =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private final LiveKitKeys keys;
  private final InstantSource clock;

  WebhookSignature(LiveKitKeys keys, InstantSource clock) {
    this.keys = keys;
    this.clock = clock;
  }

  /** What a valid token says of the body: the base64 of its SHA-256. */
  record Claimed(byte[] sha256) {

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
    String[] parts = authorization.split("\\.", -1);
    if (parts.length != 3) {
      return Optional.empty();
    }
    try {
      JsonNode header = json(parts[0]);
      JsonNode claims = json(parts[1]);
      return isOurs(header, claims, parts) && isTimely(claims) ? claimed(claims) : Optional.empty();
    } catch (IOException | IllegalArgumentException unreadable) {
      return Optional.empty();
    }
  }

  private boolean isOurs(JsonNode header, JsonNode claims, String[] parts) {
    if (!ALGORITHM.equals(text(header, "alg")) || header.has("crit")) {
      return false;
    }
    String issuer = text(claims, "iss");
    Optional<String> secret = issuer == null ? Optional.empty() : keys.secret(issuer);
    byte[] signed = (parts[0] + "." + parts[1]).getBytes(US_ASCII);
    return secret.isPresent()
        && MessageDigest.isEqual(hmac(secret.get(), signed), decode(parts[2]));
  }

  private boolean isTimely(JsonNode claims) {
    JsonNode expires = claims.path("exp");
    JsonNode notBefore = claims.path("nbf");
    long now = clock.instant().getEpochSecond();
    return expires.isIntegralNumber()
        && expires.canConvertToLong()
        && expires.longValue() > now - LEEWAY_SECONDS
        && expires.longValue() <= now + LIFE_SECONDS_MAX
        && (notBefore.isMissingNode()
            || notBefore.isIntegralNumber()
                && notBefore.canConvertToLong()
                && notBefore.longValue() <= now + LEEWAY_SECONDS);
  }

  private static Optional<Claimed> claimed(JsonNode claims) {
    boolean grants = GRANTS.stream().anyMatch(grant -> says(claims.path(grant)));
    boolean names = says(claims.path("sub"));
    String sha256 = text(claims, "sha256");
    return grants || names || sha256 == null || sha256.isEmpty()
        ? Optional.empty()
        : Optional.of(new Claimed(sha256.getBytes(UTF_8)));
  }

  /** Some senders write out what they have nothing to say in. */
  private static boolean says(JsonNode claim) {
    return claim.isContainerNode()
        ? !claim.isEmpty()
        : !claim.isMissingNode() && !claim.isNull() && !claim.asText().isEmpty();
  }

  /** As UTF-8 and nothing else: from bytes, Jackson would guess at UTF-16 and skip a BOM. */
  private static JsonNode json(String part) throws IOException {
    return STRICT.readTree(UTF_8.newDecoder().decode(ByteBuffer.wrap(decode(part))).toString());
  }

  private static String text(JsonNode node, String field) {
    return node.path(field).textValue();
  }

  /** Base64url as JWTs want it: no padding, no second spelling of the same bytes. */
  private static byte[] decode(String part) {
    byte[] bytes = Base64.getUrlDecoder().decode(part);
    if (!Base64.getUrlEncoder().withoutPadding().encodeToString(bytes).equals(part)) {
      throw new IllegalArgumentException("not canonical");
    }
    return bytes;
  }

  private static byte[] hmac(String secret, byte[] signed) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(secret.getBytes(UTF_8), "HmacSHA256"));
      return mac.doFinal(signed);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has HmacSHA256", e);
    }
  }
}
