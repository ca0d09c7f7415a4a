package dev.voiceledger.livekit;

import dev.voiceledger.platform.Problem.Type;
import dev.voiceledger.platform.ProblemException;
import java.util.UUID;
import org.jboss.logging.Logger;

/** Why LiveKit did not do what it was asked, in words for whoever runs the service. */
enum Trouble {
  UNREACHABLE("LiveKit cannot be reached; is it running, and is LIVEKIT_API_URL its address?"),
  BROKEN_OFF("The connection to LiveKit broke before its answer was whole."),
  SLOW("LiveKit did not answer within " + Exchange.DEADLINE_MS + " ms."),
  BUSY("Too many requests to LiveKit are waiting already."),
  KEY_REFUSED(
      "LiveKit did not take our API key; LIVEKIT_API_KEY and LIVEKIT_API_SECRET must be one of its"
          + " pairs, and both clocks must agree."),
  REFUSED("LiveKit refused the request; its own log says why."),
  FAILED("LiveKit answered with an error of its own."),
  NOT_LIVEKIT("What answers at LIVEKIT_API_URL does not speak LiveKit's API.");

  private static final Logger LOG = Logger.getLogger(Trouble.class);

  private final String detail;

  Trouble(String detail) {
    this.detail = detail;
  }

  /**
   * The problem that the caller gets, once it is in the log under an id.
   *
   * @param method of LiveKit's API
   * @param seen what was seen of it, such as a status; never what LiveKit wrote
   */
  ProblemException logged(String method, String seen) {
    String id = UUID.randomUUID().toString();
    LOG.warnf("LiveKit's %s failed, id=%s: %s (%s)", method, id, detail, seen);
    return Type.LIVEKIT_UNAVAILABLE.because(detail + " Logged under " + id);
  }
}
