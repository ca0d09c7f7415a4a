package dev.voiceledger.platform;

import dev.voiceledger.platform.Problem.Type;
import io.vertx.core.http.ConnectionPoolTooBusyException;
import io.vertx.core.impl.NoStackTraceThrowable;
import io.vertx.pgclient.PgException;
import io.vertx.sqlclient.ClosedConnectionException;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.sql.SQLException;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeoutException;
import org.jboss.logging.Logger;
import org.jboss.resteasy.reactive.server.ServerExceptionMapper;

/** Every failure of a resource becomes a problem here, and nowhere else. */
class ProblemResponses {
  private static final Logger LOG = Logger.getLogger(ProblemResponses.class);

  @ServerExceptionMapper
  Response problem(ProblemException e) {
    return e.retryAfterSeconds() == 0
        ? answer(e.problem())
        : Response.fromResponse(answer(e.problem()))
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
      case 405 -> answer(Type.METHOD_NOT_ALLOWED.with(null));
      case 406 -> answer(Type.NOT_ACCEPTABLE.with(null));
      case 413 -> answer(Type.BODY_TOO_LARGE.with(null));
      case 415 -> answer(Type.UNSUPPORTED_MEDIA_TYPE.with(null));
      default -> unexpected(e);
    };
  }

  @ServerExceptionMapper
  Response unexpected(Throwable e) {
    if (databaseIsAway(e)) {
      LOG.warnf("no answer from the database: %s", e.getClass().getName());
      return answer(Type.DATABASE_UNAVAILABLE.with(null));
    }
    if (somebodyIsInTheWay(e)) {
      return answer(Type.OVERLOADED.with("another request holds the same rows; ask again"));
    }
    String id = UUID.randomUUID().toString();
    LOG.errorf(e, "unexpected failure, id=%s", id);
    return answer(Type.INTERNAL.with("Logged under " + id));
  }

  /** A lock that is not to be had, a deadlock: what asks again will most likely pass. */
  private static boolean somebodyIsInTheWay(Throwable e) {
    String state = sqlState(e);
    return state != null && (state.equals("55P03") || state.startsWith("40"));
  }

  /** Null where the database refused nothing. */
  private static String sqlState(Throwable e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof PgException refused && refused.getSqlState() != null) {
        return refused.getSqlState();
      }
      if (cause instanceof SQLException refused && refused.getSQLState() != null) {
        return refused.getSQLState(); // as Hibernate wraps it
      }
    }
    return null;
  }

  /** Pools and drivers wrap: the cause that matters may lie deeper. */
  private static boolean databaseIsAway(Throwable e) {
    String state = sqlState(e);
    if (state != null) {
      return Set.of("08", "57", "53").contains(state.substring(0, 2));
    }
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof IOException
          || cause instanceof TimeoutException
          || cause instanceof ClosedConnectionException
          || cause instanceof ConnectionPoolTooBusyException
          || isWaitForTheDatabase(cause)) {
        return true;
      }
    }
    return false;
  }

  /** The pool's own word where no connection was free in time; it has no class for it. */
  private static boolean isWaitForTheDatabase(Throwable cause) {
    return cause instanceof NoStackTraceThrowable && "Timeout".equals(cause.getMessage());
  }

  private static Response answer(Problem problem) {
    Response.ResponseBuilder response =
        Response.status(problem.status()).type(Problem.MEDIA_TYPE).entity(problem);
    if (problem.status() == Type.UNAUTHORIZED.status()) {
      response.header("WWW-Authenticate", "Bearer");
    }
    return response.build();
  }
}
