package dev.voiceledger.live;

import java.util.UUID;

/**
 * A row that changed, as the log names it.
 *
 * @param key the row's own under its call; empty for the call itself
 */
record Change(Kind kind, UUID callId, String key) {
  /** In the words of the log. */
  enum Kind {
    call,
    participant,
    recording,
    message,
    erased
  }

  boolean is(Kind wanted) {
    return kind == wanted;
  }
}
