package dev.voiceledger.platform;

/** A {@link Problem} on its way to the caller. No stack trace: it is an answer, not a fault. */
public final class ProblemException extends RuntimeException {
  private final transient Problem problem;

  private final int retryAfterSeconds;

  ProblemException(Problem problem) {
    this(problem, 0);
  }

  private ProblemException(Problem problem, int retryAfterSeconds) {
    super(problem.type(), null, false, false);
    this.problem = problem;
    this.retryAfterSeconds = retryAfterSeconds;
  }

  /** The same, with a {@code Retry-After} header of so many seconds. */
  public ProblemException retryAfter(int seconds) {
    return new ProblemException(problem, seconds);
  }

  /** When to ask again; 0 where the answer does not say so. */
  public int retryAfterSeconds() {
    return retryAfterSeconds;
  }

  public Problem problem() {
    return problem;
  }
}
