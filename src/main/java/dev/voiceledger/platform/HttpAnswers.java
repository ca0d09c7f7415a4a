package dev.voiceledger.platform;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import org.jboss.logging.Logger;

/** Answers of routes that stand before the resource framework, in the same words. */
@ApplicationScoped
public class HttpAnswers {
  private static final Logger LOG = Logger.getLogger(HttpAnswers.class);
  private static final long LINGER_MS = 500;

  /** Of a body that is taken to its end before it is refused; a webhook has a kilobyte or two. */
  private static final int SHORT_DIGITS_MAX = 5;

  /** As long as a body may take to come. */
  private static final long LINGER_FOR_LARGE_MS = BodyReader.TIME_MS_MAX;

  /** A body that is a little too large is taken to its end; none can make us read for ever. */
  private static final long THROWN_AWAY_BYTES_MAX = 8 * 1024 * 1024;

  private final ObjectMapper json;

  HttpAnswers(ObjectMapper json) {
    this.json = json;
  }

  /** Done; nothing more to say. */
  public void ok(RoutingContext route) {
    if (!route.response().ended()) {
      route.response().setStatusCode(200).end();
    }
  }

  /** A problem, after a body that was read to its end. */
  public void problem(RoutingContext route, Problem problem) {
    HttpServerResponse response = route.response();
    if (!response.ended()) {
      response.setStatusCode(problem.status()).putHeader("Content-Type", Problem.MEDIA_TYPE);
      if (problem.status() == Problem.Type.UNAUTHORIZED.status()) {
        response.putHeader("WWW-Authenticate", "Bearer");
      }
      response.end(text(problem));
    }
  }

  /** A refusal in the middle of a body, with its {@code Retry-After} where it has one. */
  public void refusal(RoutingContext route, ProblemException refused) {
    retryAfter(route, refused);
    problemAndClose(route, refused.problem());
  }

  /** A refusal of what has no body: its connection is good for the next. */
  void refusalOfRead(RoutingContext route, ProblemException refused) {
    retryAfter(route, refused);
    problem(route, refused.problem());
  }

  /**
   * A refusal before a body, of somebody who did nothing wrong. A short one is let come and thrown
   * away, and the connection kept: a new one costs more than all the rest of a refusal, and when
   * there is too much to do everybody who is refused would make one.
   */
  void refusalBefore(RoutingContext route, ProblemException refused) {
    HttpServerRequest request = route.request();
    if (!isShort(request)) {
      refusal(route, refused);
      return;
    }
    retryAfter(route, refused);
    if (request.isEnded()) {
      problem(route, refused.problem());
      return;
    }
    long late = route.vertx().setTimer(LINGER_MS, over -> refusal(route, refused));
    request.exceptionHandler(broken -> route.vertx().cancelTimer(late));
    request.endHandler(end -> {
      if (route.vertx().cancelTimer(late)) {
        problem(route, refused.problem());
      }
    });
    throwAway(request, THROWN_AWAY_BYTES_MAX);
  }

  private static boolean isShort(HttpServerRequest request) {
    String length = request.getHeader("Content-Length");
    return request.version() != HttpVersion.HTTP_2
        && length != null
        && length.length() <= SHORT_DIGITS_MAX
        && request.getHeader("Expect") == null; // who waits to be asked for it sends none
  }

  private static void retryAfter(RoutingContext route, ProblemException refused) {
    if (refused.retryAfterSeconds() > 0 && !route.response().headWritten()) {
      route.response().putHeader("Retry-After", String.valueOf(refused.retryAfterSeconds()));
    }
  }

  /**
   * A problem in the middle of a body. What still comes is thrown away for a moment and within a
   * bound, so that the answer is not lost to a reset, and then the connection is closed; under
   * HTTP/2, where it carries other requests too, only the stream.
   */
  public void problemAndClose(RoutingContext route, Problem problem) {
    problemAndClose(route, problem, THROWN_AWAY_BYTES_MAX, LINGER_MS);
  }

  /**
   * The same to somebody who is known and whose large body there is no room for: many senders look
   * for an answer only when they have sent all, so all of it is thrown away.
   *
   * @param bytesMax what the body may have at most
   */
  public void refusalOfLarge(RoutingContext route, ProblemException refused, long bytesMax) {
    retryAfter(route, refused);
    problemAndClose(route, refused.problem(), bytesMax, LINGER_FOR_LARGE_MS);
  }

  private void problemAndClose(
      RoutingContext route, Problem problem, long bytesMax, long lingerMs) {
    HttpServerRequest request = route.request();
    boolean alone = request.version() != HttpVersion.HTTP_2;
    if (alone) {
      route.response().putHeader("Connection", "close");
    }
    problem(route, problem);
    if (request.isEnded()) {
      return;
    }
    throwAway(request, bytesMax);
    route.vertx().setTimer(lingerMs, late -> cut(request, alone));
  }

  private static void throwAway(HttpServerRequest request, long bytesMax) {
    long[] bytes = {0};
    request.handler(chunk -> {
      bytes[0] += chunk.length();
      if (bytes[0] > bytesMax) {
        request.pause();
      }
    });
    request.resume();
  }

  private static void cut(HttpServerRequest request, boolean alone) {
    if (alone) {
      request.connection().close();
    } else if (!request.isEnded()) {
      request.response().reset(0);
    }
  }

  /** Whatever kept a route that stands before the resource framework from its answer. */
  public void failure(RoutingContext route, Throwable failure) {
    Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
    if (cause instanceof ProblemException refused) {
      refusal(route, refused);
    } else if (!route.response().closed()) {
      Optional<Problem> refusal = DatabaseRefusal.of(cause);
      if (refusal.isEmpty()) {
        LOG.errorf("unexpected failure of a route: %s", place(cause));
      }
      problemAndClose(route, refusal.orElseGet(() -> Problem.Type.INTERNAL.with(null)));
    }
  }

  /** Where it broke, and nothing of a message, which may quote what was sent. */
  private static String place(Throwable broken) {
    StackTraceElement[] trace = broken.getStackTrace();
    return broken.getClass().getName() + (trace.length == 0 ? "" : " at " + trace[0]);
  }

  private String text(Problem problem) {
    try {
      return json.writeValueAsString(problem);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a problem is always JSON", e);
    }
  }
}
