package dev.voiceledger.report;

import dev.voiceledger.message.Stored;
import dev.voiceledger.platform.Problem;
import java.util.List;

/**
 * What became of a report's items so far.
 *
 * @param fresh those that were not there yet
 * @param replaced those that replaced what another post had said
 */
record Tally(int fresh, int replaced) {
  static final Tally NONE = new Tally(0, 0);
  private static final int OUR_TROUBLE = 500;

  /**
   * The same with some more. An item that is refused for what is there (two messages have its
   * names) costs the others nothing.
   *
   * @throws dev.voiceledger.platform.ProblemException what the ledger could not write now
   */
  Tally plus(List<Stored> more) {
    for (Stored one : more) {
      Problem refused = one.refused();
      if (refused != null && refused.status() >= OUR_TROUBLE) {
        throw refused.asException();
      }
    }
    int anew = (int) more.stream().filter(Stored::fresh).count();
    int written = (int) more.stream().filter(Stored::written).count();
    return new Tally(fresh + anew, replaced + written - anew);
  }
}
