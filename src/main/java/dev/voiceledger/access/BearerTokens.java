package dev.voiceledger.access;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.security.MessageDigest;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jose4j.jwa.AlgorithmConstraints;
import org.jose4j.jwa.AlgorithmConstraints.ConstraintType;
import org.jose4j.jwk.HttpsJwks;
import org.jose4j.jws.AlgorithmIdentifiers;
import org.jose4j.jwt.consumer.InvalidJwtException;
import org.jose4j.jwt.consumer.JwtConsumer;
import org.jose4j.jwt.consumer.JwtConsumerBuilder;
import org.jose4j.keys.HmacKey;
import org.jose4j.keys.resolvers.HttpsJwksVerificationKeyResolver;

/**
 * Judges bearer tokens: user tokens in Supabase's shape, under one secret or one key set and never
 * both families, and the opaque secrets of {@code SERVICE_TOKENS}.
 */
@ApplicationScoped
class BearerTokens {
  private static final int TOKEN_CHARS_MAX = 8192;
  private static final int LEEWAY_SECONDS = 60;
  private static final int FETCH_SECONDS_MIN = 10;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final List<byte[]> serviceTokens;
  private final Optional<JwtConsumer> userTokens;

  BearerTokens(
      @ConfigProperty(name = "jwt.secret") Optional<String> secret,
      @ConfigProperty(name = "jwt.jwks-url") Optional<String> jwksUrl,
      @ConfigProperty(name = "jwt.issuer") Optional<String> issuer,
      @ConfigProperty(name = "jwt.audience") Optional<String> audience,
      @ConfigProperty(name = "service.tokens") Optional<String> serviceTokens) {
    this.serviceTokens =
        serviceTokens.stream()
            .flatMap(list -> Stream.of(list.split(",")))
            .map(String::strip)
            .filter(token -> !token.isEmpty())
            .map(token -> token.getBytes(UTF_8))
            .toList();
    this.userTokens =
        secret
            .map(BearerTokens::hmac)
            .or(() -> jwksUrl.map(BearerTokens::keySet))
            .map(builder -> strict(builder, issuer, audience));
  }

  private static JwtConsumerBuilder hmac(String secret) {
    return new JwtConsumerBuilder()
        .setVerificationKey(new HmacKey(secret.getBytes(UTF_8)))
        // A short secret is refused at the start; with VOICELEDGER_DEV it is the developer's own.
        .setRelaxVerificationKeyValidation()
        .setJwsAlgorithmConstraints(only(AlgorithmIdentifiers.HMAC_SHA256));
  }

  private static JwtConsumerBuilder keySet(String url) {
    HttpsJwks keys = new HttpsJwks(url);
    keys.setRefreshReprieveThreshold(FETCH_SECONDS_MIN * 1000L);
    keys.setRetainCacheOnErrorDuration(24 * 3600L);
    return new JwtConsumerBuilder()
        .setVerificationKeyResolver(new HttpsJwksVerificationKeyResolver(keys))
        .setJwsAlgorithmConstraints(
            only(
                AlgorithmIdentifiers.RSA_USING_SHA256,
                AlgorithmIdentifiers.ECDSA_USING_P256_CURVE_AND_SHA256,
                AlgorithmIdentifiers.EDDSA));
  }

  private static AlgorithmConstraints only(String... algorithms) {
    return new AlgorithmConstraints(ConstraintType.PERMIT, algorithms);
  }

  private static JwtConsumer strict(
      JwtConsumerBuilder builder, Optional<String> issuer, Optional<String> audience) {
    builder.setRequireExpirationTime().setAllowedClockSkewInSeconds(LEEWAY_SECONDS);
    issuer.ifPresent(builder::setExpectedIssuer);
    audience.ifPresentOrElse(
        builder::setExpectedAudience, builder::setSkipDefaultAudienceValidation);
    return builder.build();
  }

  /**
   * The caller that a token stands for; empty where it stands for nobody. May block on a key set.
   */
  Optional<Caller> caller(String token) {
    if (token.length() > TOKEN_CHARS_MAX) {
      return Optional.empty();
    }
    return isServiceToken(token) ? Optional.of(Caller.SERVICE) : user(token);
  }

  private boolean isServiceToken(String token) {
    byte[] given = token.getBytes(UTF_8);
    boolean found = false;
    for (byte[] known : serviceTokens) {
      found |= MessageDigest.isEqual(known, given);
    }
    return found;
  }

  private Optional<Caller> user(String token) {
    if (userTokens.isEmpty()) {
      return Optional.empty();
    }
    try {
      return caller(JSON.readTree(userTokens.get().processToClaims(token).getRawJson()));
    } catch (InvalidJwtException | IOException refused) {
      return Optional.empty();
    }
  }

  /** A webhook's token has a sha256 and is no API token. */
  private static Optional<Caller> caller(JsonNode claims) {
    String role = claims.path("role").textValue();
    if (claims.has("sha256") || role == null) {
      return Optional.empty();
    }
    return switch (role) {
      case "service_role" -> Optional.of(Caller.service(claims.toString()));
      case "authenticated", "admin" ->
          isUuid(claims.path("sub").textValue())
              ? Optional.of(
                  Caller.user(claims.toString(), claims.path("sub").textValue(), isAdmin(claims)))
              : Optional.empty();
      default -> Optional.empty();
    };
  }

  private static boolean isAdmin(JsonNode claims) {
    return claims.path("role").asText().equals("admin")
        || claims.path("app_metadata").path("role").asText().equals("admin");
  }

  private static boolean isUuid(String subject) {
    try {
      return subject != null && UUID.fromString(subject).toString().equalsIgnoreCase(subject);
    } catch (IllegalArgumentException e) {
      return false;
    }
  }
}
