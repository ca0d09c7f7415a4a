package dev.voiceledger.platform;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Base64;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * A signed JWT, read so strictly that no two parsers could think differently of it: three parts in
 * canonical base64url, JSON objects in UTF-8 without a key twice, no {@code crit}. Nothing in it is
 * true until its signature is.
 */
public final class StrictJwt {
  /** LiveKit's reference verifier allows as much. */
  public static final int LEEWAY_SECONDS = 60;

  /** LiveKit's tokens live minutes or hours; in milliseconds one would live for ever. */
  static final long LIFE_SECONDS_MAX = 366L * 86_400;

  private static final ObjectMapper STRICT =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private final String token;
  private final JsonNode header;
  private final JsonNode claims;
  private final byte[] signature;

  private StrictJwt(String token, JsonNode header, JsonNode claims, byte[] signature) {
    this.token = token;
    this.header = header;
    this.claims = claims;
    this.signature = signature;
  }

  /**
   * Reads a token; its length is the caller's to bound.
   *
   * @return empty where it is no such token
   */
  public static Optional<StrictJwt> read(String token) {
    String[] parts = token.split("\\.", 4);
    if (parts.length != 3) {
      return Optional.empty();
    }
    try {
      JsonNode header = json(parts[0]);
      JsonNode claims = json(parts[1]);
      return header.isObject() && claims.isObject() && !header.has("crit")
          ? Optional.of(new StrictJwt(token, header, claims, decode(parts[2])))
          : Optional.empty();
    } catch (IOException | IllegalArgumentException unreadable) {
      return Optional.empty();
    }
  }

  /** Whether it is HS256 under this secret; compared in constant time. */
  public boolean isSignedWith(String secret) {
    byte[] signed = token.substring(0, token.lastIndexOf('.')).getBytes(US_ASCII);
    return "HS256".equals(algorithm()) && MessageDigest.isEqual(hmac(secret, signed), signature);
  }

  /** Whether {@code exp} is there and {@code nbf} may be, both around now as LiveKit has them. */
  public boolean isTimely(Instant at) {
    JsonNode expires = claims.path("exp");
    JsonNode notBefore = claims.path("nbf");
    long now = at.getEpochSecond();
    return isLong(expires)
        && expires.longValue() > now - LEEWAY_SECONDS
        && expires.longValue() <= now + LIFE_SECONDS_MAX
        && (notBefore.isMissingNode()
            || isLong(notBefore) && notBefore.longValue() <= now + LEEWAY_SECONDS);
  }

  private static boolean isLong(JsonNode number) {
    return number.isIntegralNumber() && number.canConvertToLong();
  }

  /** The token as it came. */
  public String token() {
    return token;
  }

  /** {@code alg} of the header; null where there is none or it is no text. */
  public String algorithm() {
    return header.path("alg").textValue();
  }

  /**
   * {@code kid} of the header, missing where there is none: only to look up a key that is known.
   */
  public JsonNode keyId() {
    return header.path("kid");
  }

  /** An object. */
  public JsonNode claims() {
    return claims;
  }

  /** A claim that is text; null where there is none or it is something else. */
  public String text(String claim) {
    return claims.path(claim).textValue();
  }

  /** As UTF-8 and nothing else: from bytes, Jackson would guess at UTF-16 and skip a BOM. */
  private static JsonNode json(String part) throws IOException {
    return STRICT.readTree(UTF_8.newDecoder().decode(ByteBuffer.wrap(decode(part))).toString());
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
