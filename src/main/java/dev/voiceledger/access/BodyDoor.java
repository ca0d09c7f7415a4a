package dev.voiceledger.access;

import dev.voiceledger.platform.Gate;
import dev.voiceledger.platform.HttpAnswers;
import dev.voiceledger.platform.Problem.Type;
import dev.voiceledger.platform.ProblemException;
import io.smallrye.mutiny.vertx.UniHelper;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Judges the token of a request that brings a body before any of the body is read: the resource
 * framework reads first and asks later, so that strangers could fill the heap with bodies that
 * never end. Of those with a token, the bytes under way have a bound and each body a time.
 */
@ApplicationScoped
class BodyDoor {
  /** Not shared with webhooks, so that callers of the API cannot keep LiveKit's events out. */
  static final long BYTES_MAX = 16L * 1024 * 1024;

  private static final long TIME_MS_MAX = 10_000;
  private static final int ORDER = Gate.ROUTE_ORDER + 10;

  private final Callers callers;
  private final HttpAnswers answers;
  private final AtomicLong used = new AtomicLong();

  BodyDoor(Callers callers, HttpAnswers answers) {
    this.callers = callers;
    this.answers = answers;
  }

  void route(@Observes Router router) {
    router.route("/api/*").order(ORDER).handler(this::pass);
  }

  private void pass(RoutingContext route) {
    HttpServerRequest request = route.request();
    long bytes = bytes(request);
    if (bytes == 0) {
      route.next();
      return;
    }
    request.pause();
    UniHelper.toFuture(callers.of(request))
        .onSuccess(caller -> enter(route, caller, bytes))
        .onFailure(refused -> refuse(route, refused));
  }

  /** What the body may come to; one of unknown length counts as the longest. */
  private static long bytes(HttpServerRequest request) {
    String length = request.getHeader("Content-Length");
    if (length != null) {
      return Long.parseLong(length);
    }
    return request.getHeader("Transfer-Encoding") == null ? 0 : Gate.BODY_BYTES_MAX;
  }

  private void enter(RoutingContext route, Caller caller, long bytes) {
    if (used.addAndGet(bytes) > BYTES_MAX) {
      used.addAndGet(-bytes);
      answers.problemAndClose(route, Type.OVERLOADED.with("too many bytes are under way"));
      return;
    }
    long deadline = route.vertx().setTimer(TIME_MS_MAX, late -> giveUp(route));
    route.addEndHandler(over -> {
      route.vertx().cancelTimer(deadline);
      used.addAndGet(-bytes);
    });
    Callers.judged(route, caller);
    route.next();
  }

  private void giveUp(RoutingContext route) {
    if (!route.request().isEnded()) {
      answers.problemAndClose(route, Type.OVERLOADED.with("the body did not come in time"));
    }
  }

  private void refuse(RoutingContext route, Throwable refused) {
    if (refused instanceof ProblemException known) {
      if (known.problem().status() == Type.UNAUTHORIZED.status()) {
        route.response().putHeader("WWW-Authenticate", "Bearer");
      }
      if (known.retryAfterSeconds() > 0) {
        route.response().putHeader("Retry-After", Integer.toString(known.retryAfterSeconds()));
      }
      answers.problemAndClose(route, known.problem());
    } else {
      route.fail(refused);
    }
  }
}
