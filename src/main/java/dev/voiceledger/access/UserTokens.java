package dev.voiceledger.access;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.voiceledger.platform.StrictJwt;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.net.URI;
import java.security.Key;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jose4j.jwa.AlgorithmConstraints;
import org.jose4j.jwa.AlgorithmConstraints.ConstraintType;
import org.jose4j.jwk.JsonWebKey;
import org.jose4j.jws.AlgorithmIdentifiers;
import org.jose4j.jwt.NumericDate;
import org.jose4j.jwt.consumer.InvalidJwtException;
import org.jose4j.jwt.consumer.JwtConsumerBuilder;
import org.jose4j.keys.HmacKey;
import org.jose4j.keys.resolvers.JwksVerificationKeyResolver;
import org.jose4j.keys.resolvers.VerificationKeyResolver;

/**
 * Judges user tokens in Supabase's shape: HS256 under one secret, or RS256, ES256 and EdDSA under
 * one key set, never both families. What a token says of keys (jku, x5u, jwk) is not listened to.
 */
@ApplicationScoped
class UserTokens {
  private static final Set<String> SECRET_ALGORITHMS = Set.of(AlgorithmIdentifiers.HMAC_SHA256);
  private static final Set<String> KEY_SET_ALGORITHMS =
      Set.of(
          AlgorithmIdentifiers.RSA_USING_SHA256,
          AlgorithmIdentifiers.ECDSA_USING_P256_CURVE_AND_SHA256,
          AlgorithmIdentifiers.EDDSA);

  private final Optional<Key> secret;
  private final Optional<KeySet> keySet;
  private final Optional<String> issuer;
  private final Optional<String> audience;
  private final InstantSource clock;
  private final Vertx vertx;

  UserTokens(
      @ConfigProperty(name = "jwt.secret") Optional<String> secret,
      @ConfigProperty(name = "jwt.jwks-url") Optional<String> jwksUrl,
      @ConfigProperty(name = "jwt.issuer") Optional<String> issuer,
      @ConfigProperty(name = "jwt.audience") Optional<String> audience,
      InstantSource clock,
      Vertx vertx) {
    this.secret = secret.map(text -> new HmacKey(text.getBytes(UTF_8)));
    this.keySet =
        this.secret.isPresent()
            ? Optional.empty()
            : jwksUrl.map(url -> new KeySet(URI.create(url), clock));
    this.issuer = issuer;
    this.audience = audience;
    this.clock = clock;
    this.vertx = vertx;
  }

  /** So that the first request need not wait for the keys, nor any later one. */
  void keepKeys(@Observes StartupEvent started) {
    keySet.ifPresent(keys -> {
      keys.keep();
      vertx.setPeriodic(KeySet.LOOK_EVERY.toMillis(), tick -> keys.keep());
    });
  }

  /**
   * The caller that a token stands for; empty where it stands for nobody. Fails with overloaded
   * where the key set is out of reach and nothing can be said of the token.
   */
  Uni<Optional<Caller>> caller(StrictJwt jwt) {
    if (secret.isPresent()) {
      return Uni.createFrom()
          .item(
              SECRET_ALGORITHMS.contains(String.valueOf(jwt.algorithm()))
                  ? caller(jwt, SECRET_ALGORITHMS, (jws, nesting) -> secret.get())
                  : Optional.empty());
    }
    boolean fit =
        keySet.isPresent()
            && KEY_SET_ALGORITHMS.contains(String.valueOf(jwt.algorithm()))
            && (jwt.keyId().isMissingNode() || jwt.keyId().isTextual());
    return fit ? underKeySet(jwt) : Uni.createFrom().item(Optional.empty());
  }

  /** Off the event loop, since such signatures take long; back on the request's context. */
  private Uni<Optional<Caller>> underKeySet(StrictJwt jwt) {
    var context = vertx.getOrCreateContext();
    return Uni.createFrom()
        .completionStage(() ->
            Future.fromCompletionStage(keySet.get().keysFor(jwt.keyId().textValue()), context)
                .compose(keys ->
                    keys.isEmpty()
                        ? Future.succeededFuture(Optional.<Caller>empty())
                        : context.executeBlocking(() -> caller(jwt, keys), false))
                .toCompletionStage());
  }

  private Optional<Caller> caller(StrictJwt jwt, List<JsonWebKey> keys) {
    JwksVerificationKeyResolver resolver = new JwksVerificationKeyResolver(keys);
    resolver.setDisambiguateWithVerifySignature(true);
    return caller(jwt, KEY_SET_ALGORITHMS, resolver);
  }

  private Optional<Caller> caller(
      StrictJwt jwt, Set<String> algorithms, VerificationKeyResolver key) {
    JwtConsumerBuilder strict =
        new JwtConsumerBuilder()
            .setVerificationKeyResolver(key)
            .setJwsAlgorithmConstraints(
                new AlgorithmConstraints(ConstraintType.PERMIT, algorithms.toArray(String[]::new)))
            .setEvaluationTime(NumericDate.fromMilliseconds(clock.millis()))
            .setRequireExpirationTime()
            .setAllowedClockSkewInSeconds(StrictJwt.LEEWAY_SECONDS);
    if (secret.isPresent()) {
      // A short secret is refused at the start; with VOICELEDGER_DEV it is the developer's own.
      strict.setRelaxVerificationKeyValidation();
    }
    issuer.ifPresent(strict::setExpectedIssuer);
    audience.ifPresentOrElse(strict::setExpectedAudience, strict::setSkipDefaultAudienceValidation);
    try {
      strict.build().process(jwt.token());
      return UserClaims.caller(jwt);
    } catch (InvalidJwtException refused) {
      return Optional.empty();
    }
  }
}
