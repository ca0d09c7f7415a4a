package dev.voiceledger.access;

import dev.voiceledger.platform.Problem.Type;
import io.quarkus.vertx.http.runtime.CurrentVertxRequest;
import io.smallrye.mutiny.Uni;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.SocketAddress;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.ws.rs.core.HttpHeaders;
import java.util.List;
import java.util.Optional;

/** From the headers of a request to its caller, or to the problem that says why there is none. */
@ApplicationScoped
public class Callers {
  private static final String SCHEME = "bearer ";
  private static final String UNKNOWN = "unknown";
  private static final String JUDGED = Callers.class.getName();

  private final BearerTokens tokens;
  private final Limits limits;
  private final CurrentVertxRequest current;
  private final Readings readings = new Readings();

  Callers(BearerTokens tokens, Limits limits, CurrentVertxRequest current) {
    this.tokens = tokens;
    this.limits = limits;
    this.current = current;
  }

  /**
   * Whoever asks: a person, a service or the holder of a join token. Fails with unauthorized where
   * no valid token is there, and with too-many-requests where an address fails without end, or a
   * reader has too many answers under way.
   */
  public Uni<Caller> of(HttpHeaders headers) {
    RoutingContext route = current.getCurrent();
    Caller judged = route.get(JUDGED);
    List<String> given = headers.getRequestHeader(HttpHeaders.AUTHORIZATION);
    return (judged != null ? Uni.createFrom().item(judged) : of(given, route.request()))
        .invoke(caller -> readings.begin(caller, route));
  }

  /** The same for a route that stands before the resource framework, to read large bodies. */
  public Uni<Caller> of(HttpServerRequest request) {
    return of(request.headers().getAll(HttpHeaders.AUTHORIZATION), request);
  }

  /** The same, and what is found holds for the rest of the request: no token is judged twice. */
  Uni<Caller> judged(RoutingContext route) {
    return of(route.request()).invoke(caller -> route.put(JUDGED, caller));
  }

  private Uni<Caller> of(List<String> given, HttpServerRequest request) {
    String address = address(request);
    return token(given)
        .map(tokens::caller)
        .orElseGet(() -> Uni.createFrom().item(Optional.empty()))
        .map(caller -> caller.orElseThrow(() -> refused(address)));
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

  /** An agent or the service; fails with forbidden for everybody else. */
  public Uni<Caller> reporter(HttpHeaders headers) {
    return of(headers).invoke(Caller::mayReport);
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

  /** As the proxy says, where Quarkus was told to believe one. */
  private static String address(HttpServerRequest request) {
    SocketAddress address = request.remoteAddress();
    return address == null || address.hostAddress() == null ? UNKNOWN : address.hostAddress();
  }

  private static Optional<String> token(List<String> given) {
    if (given.size() != 1 || !given.getFirst().regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
      return Optional.empty();
    }
    return Optional.of(given.getFirst().substring(SCHEME.length()).strip());
  }

  /** Only here tries are counted: a valid token passes, however many others failed. */
  private RuntimeException refused(String address) {
    limits.failedTries(address);
    return Type.UNAUTHORIZED.because("a bearer token that is valid now is needed");
  }
}
