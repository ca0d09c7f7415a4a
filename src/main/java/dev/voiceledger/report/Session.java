package dev.voiceledger.report;

import java.time.Instant;

/**
 * Whose report it is, of which room, and when it was made.
 *
 * @param jobId of the agent job; null where none is named
 * @param roomSid null where none is named
 * @param room its name; null where none is named
 * @param reportedAt null where it does not say
 */
record Session(String jobId, String roomSid, String room, Instant reportedAt) {
  String source() {
    return jobId == null ? "report" : "job:" + jobId;
  }

  /** By which the call is found. */
  String call() {
    return roomSid != null ? roomSid : room;
  }
}
