package dev.voiceledger.ledger;

import io.vertx.core.VertxException;
import io.vertx.pgclient.PgException;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What a failed group asks for, by SQLSTATE. */
enum Failure {
  /** Something in it is refused for what it says: split, until the one stands alone. */
  CONTENT,
  /** It met another transaction: again, as it is. */
  CONFLICT,
  /** The connection is gone: again, on a new one. */
  CONNECTION,
  /** There is no connection to be had. */
  AWAY,
  /** A statement took longer than it may, for what all of it or one call alone says. */
  SLOW,
  /** Our own trouble: nobody's content, and again would not help. Whom it concerns may be few. */
  TROUBLE;

  private static final String TAKEN_KEY = "23505";
  private static final String TOO_LONG = "54000";
  private static final String DEADLOCK = "40P01";
  private static final String DEADLOCK_LABEL = "deadlock";
  private static final String LOCKED = "55P03";
  private static final Pattern ROW = Pattern.compile("\\(\\d+,\\d+\\)");
  private static final String ONLY_READS = "25006";

  static Failure of(Throwable failure) {
    if (failure instanceof LedgerUnavailable) {
      return AWAY;
    }
    if (!(failure instanceof PgException refused) || refused.getSqlState() == null) {
      return isOfMapping(failure) ? CONTENT : CONNECTION;
    }
    String state = refused.getSqlState();
    return switch (state) {
      case "40001", DEADLOCK, TAKEN_KEY, LOCKED -> CONFLICT;
      default ->
          switch (state.substring(0, 2)) {
            case "22", "23" -> CONTENT;
            case "08", "57" -> state.equals("57014") ? SLOW : CONNECTION;
            default -> TROUBLE;
          };
    };
  }

  /** What our own code or the driver's encoding threw is about what it was given. */
  private static boolean isOfMapping(Throwable failure) {
    return failure instanceof RuntimeException
        && !(failure instanceof VertxException)
        && !(failure instanceof IllegalStateException);
  }

  /** Whether a unique key was taken: most often by another transaction that has it too. */
  static boolean isTakenKey(Throwable failure) {
    return failure instanceof PgException refused && TAKEN_KEY.equals(refused.getSqlState());
  }

  /** Whether it is past one of the database's own limits, as a key that no index takes. */
  static boolean isTooLong(Throwable failure) {
    return failure instanceof PgException refused && TOO_LONG.equals(refused.getSqlState());
  }

  /**
   * Whether it waited for a table, not for a row: of a row the server says which it was, in any
   * language. (Second in the queue for a row it does not, and such a one is tried as if for a
   * table.)
   */
  static boolean isOfLockedTable(Throwable failure) {
    return failure instanceof PgException refused
        && LOCKED.equals(refused.getSqlState())
        && (refused.getWhere() == null || !ROW.matcher(refused.getWhere()).find());
  }

  /** Whether nothing at all can be written: no room, no leave, or a disk that is broken. */
  static boolean isOfAllWrites(Throwable failure) {
    String state = failure instanceof PgException refused ? refused.getSqlState() : null;
    return state != null
        && (state.equals(ONLY_READS) || state.startsWith("53") || state.startsWith("58"));
  }

  /** For operators, who want to see deadlocks apart from other conflicts. */
  static String label(Throwable failure) {
    boolean deadlock =
        failure instanceof PgException refused && DEADLOCK.equals(refused.getSqlState());
    return deadlock ? DEADLOCK_LABEL : of(failure).label();
  }

  /** All that {@link #label} can say. */
  static List<String> labels() {
    return Stream.concat(Stream.of(DEADLOCK_LABEL), Stream.of(values()).map(Failure::label))
        .toList();
  }

  private String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The SQLSTATE and nothing of the message, which may quote what was said. */
  static String reason(Throwable failure) {
    return failure instanceof PgException refused
        ? "refused by the database: SQLSTATE " + refused.getSqlState()
        : failure.getClass().getSimpleName();
  }
}
