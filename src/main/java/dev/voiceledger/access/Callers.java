package dev.voiceledger.access;

import dev.voiceledger.platform.Problem.Type;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.ws.rs.core.HttpHeaders;
import java.util.List;
import java.util.Optional;

/** From the headers of a request to its caller, or to the problem that says why there is none. */
@ApplicationScoped
public class Callers {
  private static final String SCHEME = "bearer ";

  private final BearerTokens tokens;
  private final Vertx vertx;

  Callers(BearerTokens tokens, Vertx vertx) {
    this.tokens = tokens;
    this.vertx = vertx;
  }

  /**
   * Whoever asks: a person, a service or the holder of a join token; fails with unauthorized where
   * no valid token is there.
   */
  public Uni<Caller> of(HttpHeaders headers) {
    Optional<String> token = token(headers);
    return token
        .map(this::judge)
        .orElseGet(() -> Uni.createFrom().item(Optional.empty()))
        .map(caller -> caller.orElseThrow(Callers::unauthorized));
  }

  /** A user, an admin or the service; fails with forbidden for join tokens. */
  public Uni<Caller> person(HttpHeaders headers) {
    return of(headers)
        .invoke(caller -> {
          if (caller.join() != null) {
            throw Type.FORBIDDEN.because("for users, admins and services");
          }
        });
  }

  /** An admin or the service; fails with forbidden for everybody else. */
  public Uni<Caller> operator(HttpHeaders headers) {
    return of(headers)
        .invoke(caller -> {
          if (!caller.operates()) {
            throw Type.FORBIDDEN.because("for admins and services");
          }
        });
  }

  /** Off the event loop, since a key set may have to be fetched; back on the request's context. */
  private Uni<Optional<Caller>> judge(String token) {
    return Uni.createFrom()
        .completionStage(
            () -> vertx.executeBlocking(() -> tokens.caller(token), false).toCompletionStage());
  }

  private static Optional<String> token(HttpHeaders headers) {
    List<String> given = headers.getRequestHeader(HttpHeaders.AUTHORIZATION);
    if (given.size() != 1 || !given.getFirst().regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
      return Optional.empty();
    }
    return Optional.of(given.getFirst().substring(SCHEME.length()).strip());
  }

  private static RuntimeException unauthorized() {
    return Type.UNAUTHORIZED.because("a bearer token that is valid now is needed");
  }
}
