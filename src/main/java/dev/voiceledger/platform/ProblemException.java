package dev.voiceledger.platform;

/** A {@link Problem} on its way to the caller. No stack trace: it is an answer, not a fault. */
public final class ProblemException extends RuntimeException {
  private final transient Problem problem;

  ProblemException(Problem problem) {
    super(problem.type(), null, false, false);
    this.problem = problem;
  }

  public Problem problem() {
    return problem;
  }
}
