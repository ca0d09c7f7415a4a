package dev.voiceledger.platform;

import dev.voiceledger.platform.Problem.Type;
import io.smallrye.mutiny.CompositeException;
import io.vertx.core.http.ConnectionPoolTooBusyException;
import io.vertx.core.impl.NoStackTraceThrowable;
import io.vertx.sqlclient.ClosedConnectionException;
import io.vertx.sqlclient.DatabaseException;
import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeoutException;

/**
 * What a failure says of the database, in HTTP's words. Content that it refuses is the caller's to
 * change, a lock or a deadlock is the moment's, and everything about the connection is ours; none
 * of them is told in PostgreSQL's own words, which quote rows.
 */
final class DatabaseRefusal {
  private static final int CAUSES_MAX = 10;

  private DatabaseRefusal() {}

  /** The problem that a failure of the database is; empty where it is none of these. */
  static Optional<Problem> of(Throwable failure) {
    for (Throwable cause : causes(failure)) {
      String state = state(cause);
      if (state != null && state.length() == 5) {
        return of(state);
      }
      if (isOfConnection(cause)) {
        return Optional.of(Type.DATABASE_UNAVAILABLE.with(null));
      }
    }
    return Optional.empty();
  }

  /** Whether the transaction met another in a way that the same transaction again may not. */
  static boolean isEncounter(Throwable failure) {
    for (Throwable cause : causes(failure)) {
      String state = state(cause);
      if (state != null && state.length() == 5) {
        return state.equals("40001") || state.equals("40P01");
      }
    }
    return false;
  }

  /** Whether the connection broke, or the server ended it: another one may be good. */
  static boolean isLostConnection(Throwable failure) {
    for (Throwable cause : causes(failure)) {
      String state = state(cause);
      if (state != null && state.length() == 5) {
        return state.startsWith("57P") || state.startsWith("08");
      }
      if (isOfConnection(cause) && !(cause instanceof TimeoutException)) {
        return true;
      }
    }
    return false;
  }

  /**
   * All that a failure comes from, itself first. A transaction of which the rollback failed as well
   * has two causes: the work's, and that the connection is gone.
   */
  private static List<Throwable> causes(Throwable failure) {
    List<Throwable> all = new ArrayList<>();
    Deque<Throwable> next = new ArrayDeque<>(List.of(failure));
    while (!next.isEmpty() && all.size() < CAUSES_MAX) {
      Throwable one = next.poll();
      all.add(one);
      if (one instanceof CompositeException several) {
        next.addAll(several.getCauses());
      } else if (one.getCause() != null) {
        next.add(one.getCause());
      }
    }
    return all;
  }

  private static boolean isOfConnection(Throwable cause) {
    return cause instanceof IOException
        || cause instanceof TimeoutException
        || cause instanceof ClosedConnectionException
        || cause instanceof ConnectionPoolTooBusyException
        || isInactive(cause);
  }

  /** What the driver says of a connection that is gone, without a type of its own. */
  private static boolean isInactive(Throwable cause) {
    return cause instanceof NoStackTraceThrowable
        && cause.getMessage() != null
        && cause.getMessage().startsWith("Connection is not active");
  }

  /** The driver has its own exception, which Hibernate puts into JDBC's. */
  private static String state(Throwable cause) {
    return switch (cause) {
      case DatabaseException refused -> refused.getSqlState();
      case SQLException refused -> refused.getSQLState();
      default -> null;
    };
  }

  private static Optional<Problem> of(String state) {
    return switch (state) {
      case "23505" -> Optional.of(Type.CONFLICT.with("something else has this key already"));
      case "40001", "40P01", "55P03", "57014" ->
          Optional.of(Type.OVERLOADED.with("others are at the same rows; try again"));
      case "25006" -> Optional.of(Type.DATABASE_UNAVAILABLE.with("the database only reads now"));
      default ->
          switch (state.substring(0, 2)) {
            case "22", "23" ->
                Optional.of(Type.INVALID_FIELDS.with("the database does not take these values"));
            case "08", "53", "57", "58" -> Optional.of(Type.DATABASE_UNAVAILABLE.with(null));
            default -> Optional.empty();
          };
    };
  }
}
