package dev.voiceledger.bench;

import java.util.List;

/**
 * One kind of load.
 *
 * @param connections kept ones, a request at a time on each
 * @param perSecond of an open loop, which sends at this rate come what may; 0 for a closed one,
 *     which sends the next when the last is answered
 */
record Cell(int connections, int perSecond) {
  private static final int MOST_PER_SECOND = 16_000;
  private static final int MOST_OF_ONE_CONNECTION = 2_500;

  static List<Cell> closed(int... connections) {
    return java.util.Arrays.stream(connections).mapToObj(each -> new Cell(each, 0)).toList();
  }

  static List<Cell> open(int... perSecond) {
    return java.util.Arrays.stream(perSecond).mapToObj(each -> new Cell(128, each)).toList();
  }

  /**
   * So many are made beforehand for each second; a cell for which they are too few ends earlier.
   */
  int perSecondMax() {
    return perSecond > 0
        ? perSecond
        : Math.min(MOST_PER_SECOND, connections * MOST_OF_ONE_CONNECTION);
  }

  @Override
  public String toString() {
    return perSecond > 0 ? "open, " + perSecond + "/s" : "closed, " + connections;
  }
}
