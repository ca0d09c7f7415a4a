package dev.voiceledger.platform;

import dev.voiceledger.platform.Problem.Type;
import io.quarkus.vertx.http.runtime.CurrentVertxRequest;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.util.Optional;
import java.util.StringJoiner;
import java.util.UUID;
import java.util.stream.Stream;
import org.jboss.logging.Logger;
import org.jboss.resteasy.reactive.server.ServerExceptionMapper;

/** Every failure of a resource becomes a problem here, and nowhere else. */
class ProblemResponses {
  private static final Logger LOG = Logger.getLogger(ProblemResponses.class);
  private static final String OURS = "dev.voiceledger.";
  private static final int CAUSES_MAX = 5;
  private static final int RETRY_AFTER_SECONDS = 1;

  private final Routes routes;
  private final CurrentVertxRequest current;

  ProblemResponses(Routes routes, CurrentVertxRequest current) {
    this.routes = routes;
    this.current = current;
  }

  @ServerExceptionMapper
  Response problem(ProblemException e) {
    return e.retryAfterSeconds() == 0
        ? answer(e.problem())
        : Response.fromResponse(answer(e.problem()))
            .header(HttpHeaders.RETRY_AFTER, null) // instead of the usual one
            .header(HttpHeaders.RETRY_AFTER, e.retryAfterSeconds())
            .build();
  }

  /** What the framework itself refuses: no such path, method, media type. */
  @ServerExceptionMapper
  Response framework(WebApplicationException e) {
    return switch (e.getResponse().getStatus()) {
      case 400 -> answer(Type.MALFORMED_JSON.with(null));
      case 401 -> answer(Type.UNAUTHORIZED.with(null));
      case 403 -> answer(Type.FORBIDDEN.with(null));
      case 404 -> answer(Type.NOT_FOUND.with(null));
      case 405 -> notAllowed();
      case 406 -> answer(Type.NOT_ACCEPTABLE.with(null));
      case 413 -> answer(Type.BODY_TOO_LARGE.with(null));
      case 415 -> answer(Type.UNSUPPORTED_MEDIA_TYPE.with(null));
      default -> unexpected(e);
    };
  }

  /** The framework takes a path that nobody has for the front page's. */
  private Response notAllowed() {
    String allowed = routes.allowed(current.getCurrent().normalizedPath());
    return allowed.isEmpty()
        ? answer(Type.NOT_FOUND.with(null))
        : Response.fromResponse(answer(Type.METHOD_NOT_ALLOWED.with("one of " + allowed)))
            .header(HttpHeaders.ALLOW, allowed)
            .build();
  }

  @ServerExceptionMapper
  Response unexpected(Throwable e) {
    Optional<Problem> refusal = DatabaseRefusal.of(e);
    if (refusal.isPresent()) {
      LOG.warnf("refused by the database: %s", places(e));
      return answer(refusal.get());
    }
    String id = UUID.randomUUID().toString();
    LOG.errorf("unexpected failure, id=%s: %s", id, places(e));
    return answer(Type.INTERNAL.with("Logged under " + id));
  }

  /** What broke and where, by cause; nothing of a message, which may quote what was sent. */
  static String places(Throwable e) {
    StringJoiner places = new StringJoiner("; caused by ");
    Throwable cause = e;
    for (int i = 0; cause != null && i < CAUSES_MAX; i++, cause = cause.getCause()) {
      places.add(cause.getClass().getName() + place(cause.getStackTrace()));
    }
    return places.toString();
  }

  private static String place(StackTraceElement[] trace) {
    String ours =
        Stream.of(trace)
            .filter(frame -> frame.getClassName().startsWith(OURS))
            .findFirst()
            .map(frame -> " by " + frame)
            .orElse("");
    return trace.length == 0 ? "" : " at " + trace[0] + ours;
  }

  private static Response answer(Problem problem) {
    Response.ResponseBuilder response =
        Response.status(problem.status()).type(Problem.MEDIA_TYPE).entity(problem);
    if (problem.status() == Type.UNAUTHORIZED.status()) {
      response.header("WWW-Authenticate", "Bearer");
    }
    if (problem.status() == Type.OVERLOADED.status()) {
      response.header(HttpHeaders.RETRY_AFTER, RETRY_AFTER_SECONDS);
    }
    return response.build();
  }
}
