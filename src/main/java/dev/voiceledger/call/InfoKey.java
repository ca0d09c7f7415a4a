package dev.voiceledger.call;

import java.time.Instant;

/**
 * The key of a register: of several statements of one thing the one with the greatest key holds, as
 * a whole. Ordered as text (collation "C" in the database), so it is time first, padded, then what
 * is later by nature within LiveKit's whole second, then the event's id to break ties.
 */
public final class InfoKey {
  private static final int MILLIS_DIGITS = 13;

  private InfoKey() {}

  /**
   * @param at when it was said
   * @param rank 0 to 9, greater for what comes later within one second
   * @param id of the event that said it
   */
  public static String of(Instant at, int rank, String id) {
    String millis = Long.toString(at.toEpochMilli());
    return "0".repeat(Math.max(0, MILLIS_DIGITS - millis.length()))
        + millis
        + '|'
        + rank
        + '|'
        + id;
  }
}
