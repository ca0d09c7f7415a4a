package dev.voiceledger.livekit;

import dev.voiceledger.platform.Problem.Type;
import dev.voiceledger.platform.ProblemException;
import java.util.UUID;
import org.jboss.logging.Logger;

/**
 * LiveKit did not do what it was asked. Not logged yet: who asks again and again says so once.
 * Carries no stack trace, for it is the network's.
 */
public final class LiveKitFailure extends RuntimeException {
  private static final Logger LOG = Logger.getLogger(LiveKitFailure.class);

  private final transient Trouble trouble;

  /**
   * @param seen what was seen of it, such as a status; never what LiveKit wrote
   */
  LiveKitFailure(Trouble trouble, String seen) {
    super(trouble.detail() + " (" + seen + ")", null, false, false);
    this.trouble = trouble;
  }

  /** An answer without what it must have. */
  public static LiveKitFailure odd() {
    return new LiveKitFailure(Trouble.NOT_LIVEKIT, "an answer without what it must have");
  }

  /** Whether the answer alone was too long: there may be a shorter one to a smaller question. */
  public boolean isTooLong() {
    return trouble == Trouble.TOO_LONG;
  }

  /** Whether LiveKit was there, took the question, and said that it cannot. */
  public boolean isItsOwn() {
    return trouble == Trouble.FAILED;
  }

  /**
   * The problem that a caller gets, once it is in the log under an id.
   *
   * @param method of LiveKit's API
   */
  ProblemException logged(String method) {
    String id = UUID.randomUUID().toString();
    LOG.warnf("LiveKit's %s failed, id=%s: %s", method, id, getMessage());
    return Type.LIVEKIT_UNAVAILABLE.because(trouble.detail() + " Logged under " + id);
  }
}
