package dev.voiceledger.platform;

import dev.voiceledger.platform.Problem.Type;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;

/**
 * What every request to the API passes before any resource sees it: bodies of a length that no
 * route takes, and bytes in addresses that PostgreSQL cannot hold, are refused in our own words.
 */
@ApplicationScoped
public class Gate {
  /** Before the framework's own handlers, whose refusals are no problem+json. */
  public static final int ROUTE_ORDER = -100;

  /** Of one body, but for routes that say otherwise. */
  public static final int BODY_BYTES_MAX = 256 * 1024;

  private static final String NUL = "%00";

  private final HttpAnswers answers;

  Gate(HttpAnswers answers) {
    this.answers = answers;
  }

  void route(@Observes Router router) {
    router.route("/api/*").order(ROUTE_ORDER).handler(this::pass);
  }

  private void pass(RoutingContext route) {
    HttpServerRequest request = route.request();
    if (announces(request) > BODY_BYTES_MAX) {
      answers.problemAndClose(
          route, Type.BODY_TOO_LARGE.with("at most " + BODY_BYTES_MAX + " bytes"));
    } else if (request.path().contains(NUL)) {
      answers.problemAndClose(route, Type.NOT_FOUND.with(null));
    } else if (request.query() != null && request.query().contains(NUL)) {
      answers.problemAndClose(
          route, Type.INVALID_FIELDS.with("parameters cannot hold the character NUL"));
    } else {
      route.next();
    }
  }

  private static long announces(HttpServerRequest request) {
    String length = request.getHeader("Content-Length");
    return length == null ? 0 : length.length() > 10 ? Long.MAX_VALUE : Long.parseLong(length);
  }
}
