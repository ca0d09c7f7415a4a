package dev.voiceledger.access;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.voiceledger.platform.StrictJwt;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.security.MessageDigest;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * Judges bearer tokens of all kinds: the opaque secrets of {@code SERVICE_TOKENS}, LiveKit's join
 * tokens and user tokens.
 */
@ApplicationScoped
class BearerTokens {
  /** A join token may carry metadata; longer headers the HTTP server refuses by itself. */
  private static final int TOKEN_CHARS_MAX = 16_384;

  private final List<byte[]> serviceTokens;
  private final JoinTokens joinTokens;
  private final UserTokens userTokens;

  BearerTokens(
      @ConfigProperty(name = "service.tokens") Optional<String> serviceTokens,
      JoinTokens joinTokens,
      UserTokens userTokens) {
    this.serviceTokens =
        serviceTokens.stream()
            .flatMap(list -> Stream.of(list.split(",")))
            .map(String::strip)
            .filter(token -> !token.isEmpty())
            .map(token -> token.getBytes(UTF_8))
            .toList();
    this.joinTokens = joinTokens;
    this.userTokens = userTokens;
  }

  /**
   * The caller that a token stands for; empty where it stands for nobody. Fails with overloaded
   * where nothing can be said of it now.
   */
  Uni<Optional<Caller>> caller(String token) {
    if (token.length() > TOKEN_CHARS_MAX) {
      return nobody();
    }
    return isServiceToken(token)
        ? Uni.createFrom().item(Optional.of(Caller.SERVICE))
        : StrictJwt.read(token).map(this::caller).orElseGet(BearerTokens::nobody);
  }

  /** What LiveKit's key signed is judged as that and as nothing else. */
  private Uni<Optional<Caller>> caller(StrictJwt jwt) {
    return joinTokens.isLiveKits(jwt)
        ? Uni.createFrom().item(joinTokens.grant(jwt).map(Caller::of))
        : userTokens.caller(jwt);
  }

  private static Uni<Optional<Caller>> nobody() {
    return Uni.createFrom().item(Optional.empty());
  }

  private boolean isServiceToken(String token) {
    byte[] given = token.getBytes(UTF_8);
    boolean found = false;
    for (byte[] known : serviceTokens) {
      found |= MessageDigest.isEqual(known, given);
    }
    return found;
  }
}
