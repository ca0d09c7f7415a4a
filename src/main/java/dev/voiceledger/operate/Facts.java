package dev.voiceledger.operate;

import dev.voiceledger.operate.Operations.Calls;
import dev.voiceledger.operate.Operations.FailedEvents;
import java.time.Instant;
import java.util.Map;

/**
 * What the database says of the whole, for all replicas.
 *
 * @param heard by key, when it last signed a webhook
 */
record Facts(Map<String, Instant> heard, FailedEvents failed, Calls calls, Oldest oldest) {

  /**
   * How far retention is.
   *
   * @param event when the oldest raw event was received; null where there is none
   * @param call when the oldest call that is over began; null where there is none
   * @param eventsSweptAt when raw events were last walked to the end; null before the first time
   * @param callsSweptAt the same of calls
   */
  record Oldest(Instant event, Instant call, Instant eventsSweptAt, Instant callsSweptAt) {}
}
