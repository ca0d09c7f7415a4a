package dev.voiceledger.platform;

import dev.voiceledger.platform.Problem.Type;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What every request passes before any resource sees it: bytes in addresses that PostgreSQL cannot
 * hold are refused in our own words, OPTIONS is answered, and what the router itself refuses
 * becomes a problem like all others.
 */
@ApplicationScoped
public class Gate {
  /** Before the framework's own handlers, whose refusals are no problem+json. */
  public static final int ROUTE_ORDER = -100;

  private static final String NUL = "%00";
  private static final String OPERATORS = "/q/";

  /** The framework would take these for not given, be it a slip or not. */
  private static final Pattern VALUELESS =
      Pattern.compile("(?:^|&)(limit|include_total|state|format)=?(?=&|$)");

  /** What the router says of itself; everything else is a resource's to say. */
  private static final Map<Integer, Type> OF_ROUTER =
      Map.of(
          400, Type.INVALID_FIELDS,
          404, Type.NOT_FOUND,
          405, Type.METHOD_NOT_ALLOWED,
          406, Type.NOT_ACCEPTABLE,
          413, Type.BODY_TOO_LARGE,
          415, Type.UNSUPPORTED_MEDIA_TYPE);

  private final HttpAnswers answers;
  private final Routes routes;

  Gate(HttpAnswers answers, Routes routes) {
    this.answers = answers;
    this.routes = routes;
  }

  void route(@Observes Router router) {
    router.route().order(Integer.MIN_VALUE).handler(this::paced);
    router.route().order(ROUTE_ORDER).handler(this::pass).failureHandler(this::failed);
    OF_ROUTER.keySet().forEach(status -> router.errorHandler(status, this::failed));
  }

  /**
   * Where a body comes in chunks, a proxy in front may have read another end of it than we do: what
   * seems to be the next request may be a part of this one. So its answer is the last of the
   * connection, and nothing that follows is looked at.
   */
  private void paced(RoutingContext route) {
    HttpServerRequest request = route.request();
    route.addEndHandler(over -> Pace.end(request));
    Pace.begin(request, () -> begin(route));
  }

  private void begin(RoutingContext route) {
    HttpServerRequest request = route.request();
    boolean alone = request.version() != HttpVersion.HTTP_2;
    if (alone && request.headers().contains(HttpHeaders.TRANSFER_ENCODING)) {
      route.response().putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
      route.addEndHandler(over -> request.connection().close());
    }
    boolean reads = request.method() == HttpMethod.GET && request.path().startsWith("/api/");
    if (reads && Pace.isFull(request)) {
      String why = "too many answers wait to be taken";
      answers.refusal(route, Type.OVERLOADED.because(why).retryAfter(1));
    } else {
      route.next();
    }
  }

  private void pass(RoutingContext route) {
    HttpServerRequest request = route.request();
    boolean api = request.path().startsWith("/api/");
    if (api && request.path().contains(NUL)) {
      answers.problemAndClose(route, Type.NOT_FOUND.with(null));
    } else if (api && request.query() != null && request.query().contains(NUL)) {
      answers.problemAndClose(
          route, Type.INVALID_FIELDS.with("parameters cannot hold the character NUL"));
    } else if (api && valueless(request).isPresent()) {
      ProblemException empty = Type.INVALID_FIELDS.at(valueless(request).get(), "wants a value");
      answers.problemAndClose(route, empty.problem());
    } else if (request.method() == HttpMethod.OPTIONS && !request.path().startsWith(OPERATORS)) {
      options(route);
    } else {
      route.next();
    }
  }

  private static Optional<String> valueless(HttpServerRequest request) {
    Matcher found = VALUELESS.matcher(request.query() == null ? "" : request.query());
    return found.find() ? Optional.of(found.group(1)) : Optional.empty();
  }

  private void options(RoutingContext route) {
    String allowed = routes.allowed(route.normalizedPath());
    if (allowed.isEmpty()) {
      answers.problemAndClose(route, Type.NOT_FOUND.with(null));
    } else {
      route.response().setStatusCode(204).putHeader("Allow", allowed).end();
    }
  }

  /** An address or a head that cannot be read. Nothing is logged: it is the caller's trouble. */
  private void failed(RoutingContext route) {
    Type type = OF_ROUTER.get(route.statusCode());
    if (type == null || route.response().headWritten()) {
      route.next();
    } else if (type == Type.INVALID_FIELDS) {
      answers.problemAndClose(route, type.with("the address or the head cannot be read"));
    } else {
      answers.problemAndClose(route, type.with(null));
    }
  }
}
