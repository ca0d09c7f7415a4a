package dev.voiceledger.bench;

import java.util.List;
import java.util.stream.Stream;

/**
 * What a benchmark does.
 *
 * @param rounds each has every subject once, on a fresh database, in turn first
 * @param warmUpSeconds of a closed loop at 32 connections, before anything is counted
 * @param seconds of each cell
 */
record Plan(int rounds, int warmUpSeconds, int seconds, List<Cell> cells) {

  static final Plan SHORT = new Plan(2, 20, 4, Cell.closed(32));

  static final Plan FULL =
      new Plan(
          2,
          25,
          8,
          Stream.concat(Cell.closed(1, 8, 32, 128).stream(), Cell.open(500, 1_000, 2_000).stream())
              .toList());
}
