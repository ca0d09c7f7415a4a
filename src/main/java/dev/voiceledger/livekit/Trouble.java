package dev.voiceledger.livekit;

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
  TOO_LONG(
      "The answer is too long, or what answers at LIVEKIT_API_URL does not speak LiveKit's API."),
  NOT_LIVEKIT("What answers at LIVEKIT_API_URL does not speak LiveKit's API.");

  private final String detail;

  Trouble(String detail) {
    this.detail = detail;
  }

  String detail() {
    return detail;
  }
}
