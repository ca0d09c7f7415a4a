package dev.voiceledger.access;

import dev.voiceledger.platform.BodyReader;
import dev.voiceledger.platform.BodyReader.Body;
import dev.voiceledger.platform.Gate;
import dev.voiceledger.platform.HttpAnswers;
import dev.voiceledger.platform.Problem.Type;
import dev.voiceledger.platform.ProblemException;
import io.quarkus.vertx.http.runtime.CurrentVertxRequest;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Future;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.ws.rs.container.ContainerRequestContext;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import org.jboss.resteasy.reactive.server.ServerRequestFilter;

/**
 * Reads the bodies of resources, since the framework would read one before it asks whose it is: the
 * token first, then the body within its bounds. Plain routes that take more stand before it.
 */
@ApplicationScoped
public class BodyGate {
  /** What any route takes that does not read for itself. */
  public static final int BODY_BYTES_MAX = 256 * 1024;

  private static final int MIB = 1024 * 1024;

  /** A session report: a whole conversation with all that happened in it. */
  public static final int REPORT_BYTES_MAX = 16 * MIB;

  public static final String REPORTS = "/api/v1/livekit/session-reports";

  /** Routes that take more, by path. */
  private static final Map<String, Integer> LARGER =
      Map.of("/api/v1/voice/messages", 4 * MIB, REPORTS, REPORT_BYTES_MAX);

  /** Of all bodies under way; LiveKit's webhooks have a budget of their own. */
  static final long ALL_BYTES_MAX = 16L * MIB;

  /** Of all reports under way: one of the largest, and those of usual size beside it. */
  static final long ALL_REPORTS_BYTES_MAX = REPORT_BYTES_MAX + 4L * MIB;

  /** Behind plain routes, which read for themselves; before the framework. */
  private static final int ROUTE_ORDER = Gate.ROUTE_ORDER + 50;

  private static final String API = "/api/";
  private static final String BODY = BodyGate.class.getName();

  private final Callers callers;
  private final BodyReader bodies;
  private final BodyReader reports;
  private final HttpAnswers answers;
  private final CurrentVertxRequest current;

  BodyGate(Callers callers, BodyReader bodies, HttpAnswers answers, CurrentVertxRequest current) {
    this.callers = callers;
    this.bodies = bodies.apart(ALL_BYTES_MAX);
    this.reports = bodies.apartAtOnce(ALL_REPORTS_BYTES_MAX);
    this.answers = answers;
    this.current = current;
  }

  void route(@Observes Router router) {
    router.route().order(ROUTE_ORDER).handler(this::pass);
  }

  private void pass(RoutingContext route) {
    HttpServerRequest request = route.request();
    int bytesMax = LARGER.getOrDefault(route.normalizedPath(), BODY_BYTES_MAX);
    if (announces(request) > bytesMax) {
      answers.problemAndClose(route, Type.BODY_TOO_LARGE.with("at most " + bytesMax + " bytes"));
    } else if (hasBody(request) && route.normalizedPath().startsWith(API)) {
      request.pause();
      Future.fromCompletionStage(
              callers.judged(route).subscribeAsCompletionStage(),
              route.vertx().getOrCreateContext())
          .compose(caller -> reader(route, caller).read(request, bytesMax))
          .onSuccess(body -> hand(route, body))
          .onFailure(why -> refuse(route, why));
    } else {
      route.next();
    }
  }

  /** Whoever may not report is told before anything is read: room for large bodies is scarce. */
  private BodyReader reader(RoutingContext route, Caller caller) {
    if (!route.normalizedPath().equals(REPORTS)) {
      return bodies;
    }
    caller.mayReport();
    return reports;
  }

  private static long announces(HttpServerRequest request) {
    String length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
    return length == null ? 0 : length.length() > 10 ? Long.MAX_VALUE : Long.parseLong(length);
  }

  private static boolean hasBody(HttpServerRequest request) {
    return !request.isEnded()
        && (announces(request) > 0 || request.headers().contains(HttpHeaders.TRANSFER_ENCODING));
  }

  /** Who went while the token was judged has had the end of the request already. */
  private void hand(RoutingContext route, Body body) {
    if (route.response().closed()) {
      body.done();
      return;
    }
    route.addEndHandler(over -> body.over());
    route.put(BODY, body);
    route.next();
  }

  private void refuse(RoutingContext route, Throwable why) {
    Throwable cause = why instanceof CompletionException ? why.getCause() : why;
    boolean report = route.normalizedPath().equals(REPORTS);
    if (cause instanceof ProblemException refused && report && Type.OVERLOADED.isTypeOf(cause)) {
      answers.refusalOfLarge(route, refused, REPORT_BYTES_MAX);
    } else if (cause instanceof ProblemException refused) {
      answers.refusal(route, refused);
    } else if (!route.response().closed()) {
      answers.problemAndClose(route, Type.OVERLOADED.with("the body did not come in time"));
    }
  }

  /** Where the framework looks for a body that it need not read. */
  @ServerRequestFilter(preMatching = true)
  void hand(ContainerRequestContext request) {
    Body body = current.getCurrent().get(BODY);
    if (body != null) {
      request.setEntityStream(body.stream());
    }
  }

  /** The body of this request in the pieces in which it came; empty where it has none. */
  public Optional<Body> body() {
    return Optional.ofNullable(current.getCurrent().get(BODY));
  }

  /**
   * Work on the body of this request, which counts until the work ends, be the sender gone or not.
   * For routes that are not cancelled.
   */
  public <T> Uni<T> held(Supplier<Uni<T>> work) {
    Optional<Body> body = body();
    body.ifPresent(Body::hold);
    return Uni.createFrom().deferred(() -> work.get()).eventually(() -> body.ifPresent(Body::done));
  }

  /** What all bodies but reports take now. */
  long used() {
    return bodies.used();
  }
}
