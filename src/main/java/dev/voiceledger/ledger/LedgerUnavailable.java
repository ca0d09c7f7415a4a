package dev.voiceledger.ledger;

import dev.voiceledger.platform.Problem;

/**
 * The ledger cannot take an entry now, through no fault of the entry: 503, and the sender tries
 * again. Or the database refuses what an entry says, of which nothing is kept. Carries no stack
 * trace, since it is thrown most when there is least time.
 */
public final class LedgerUnavailable extends RuntimeException {
  private final Reason reason;

  /** Why. */
  public enum Reason {
    QUEUE_FULL,
    DATABASE_AWAY,
    DATABASE_TROUBLE,
    STOPPING,
    REFUSED
  }

  LedgerUnavailable(Reason reason, String message) {
    super(message, null, false, false);
    this.reason = reason;
  }

  static LedgerUnavailable refused() {
    return new LedgerUnavailable(Reason.REFUSED, "the database does not take these values");
  }

  static LedgerUnavailable trouble() {
    return new LedgerUnavailable(Reason.DATABASE_TROUBLE, "the ledger cannot write now");
  }

  static LedgerUnavailable away() {
    return new LedgerUnavailable(Reason.DATABASE_AWAY, "the database is away");
  }

  /** The same in HTTP's words: 503, of the type that says whether to blame the load; or 400. */
  public Problem problem() {
    return switch (reason) {
      case QUEUE_FULL, STOPPING -> Problem.Type.OVERLOADED.with(getMessage());
      case REFUSED -> Problem.Type.INVALID_FIELDS.with(getMessage());
      case DATABASE_AWAY, DATABASE_TROUBLE -> Problem.Type.DATABASE_UNAVAILABLE.with(getMessage());
    };
  }

  public Reason reason() {
    return reason;
  }
}
