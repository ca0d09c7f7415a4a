package dev.voiceledger.faults;

import dev.voiceledger.faults.History.Outcome;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A request and what its answer says, before it is known in which order things came.
 *
 * @param appended what it says in one call: a message for each, or a change of title and metadata
 * @param calls what it saw of calls
 * @param messages by call, what it saw of messages
 */
record Asked(
    Outcome outcome,
    long began,
    long ended,
    Appended appended,
    List<SeenCall> calls,
    Map<String, List<String>> messages) {

  /**
   * @param value null for nothing
   */
  record Appended(String call, boolean message, String value) {
    static final Appended NOTHING = new Appended("", false, null);
  }

  /** Of a call: the keys of its metadata, which have no order, its title, its count of messages. */
  record SeenCall(String call, Set<String> metadata, String title, int messages) {}
}
