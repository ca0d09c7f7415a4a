package dev.voiceledger.transcript;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.voiceledger.platform.Times;
import java.time.OffsetDateTime;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** How far one reader has come: the order of the turns, and the first that is not yet read. */
final class Reading {
  private static final int TURNS_MAX = 200;
  private static final int BYTES_MAX = 256 * 1024;

  final Opened opened;
  private final Rendering rendering;
  private TurnOrder order;
  private int from;
  private int to;
  private long bytes;

  Reading(Opened opened, Rendering rendering) {
    this.opened = opened;
    this.rendering = rendering;
  }

  /**
   * A piece of the answer.
   *
   * @param last whether it is the end
   */
  record Piece(byte[] bytes, boolean last) {}

  boolean begun() {
    return order != null;
  }

  Piece begin(TurnOrder sorted) {
    order = sorted;
    return piece(rendering.heading(opened.heading(order)));
  }

  /** Goes on to the next turns: not too many, and not too much text unless one has it alone. */
  void goOn() {
    bytes = 0;
    to = from;
    while (to < order.size() && to - from < TURNS_MAX && (to == from || bytes < BYTES_MAX)) {
      bytes += order.bytes(to++);
    }
  }

  /** Whether they are much more than most. */
  boolean isLarge() {
    return bytes >= 2 * BYTES_MAX;
  }

  String numbers() {
    return IntStream.range(from, to)
        .mapToObj(place -> "" + order.number(place))
        .collect(Collectors.joining(","));
  }

  /** What was asked for by {@link #numbers}; a message that is gone meanwhile is left out. */
  Piece turns(List<Object[]> rows) {
    Map<Integer, Object[]> byNumber = new HashMap<>();
    rows.forEach(row -> byNumber.put((Integer) row[1], row));
    StringBuilder text = new StringBuilder();
    for (; from < to; from++) {
      Object[] row = byNumber.get(order.number(from));
      if (row != null) {
        text.append(rendering.turn(turn(from, row)));
      }
    }
    return piece(text.toString());
  }

  private Piece piece(String text) {
    boolean last = from == order.size();
    return new Piece((last ? text + rendering.end() : text).getBytes(UTF_8), last);
  }

  private Turn turn(int place, Object[] row) {
    String role = (String) row[2];
    String content = (String) row[3];
    String identity = (String) row[7];
    long offset = order.saidMs(place) - opened.beginMs(order);
    long start = Math.max(0, offset);
    return new Turn(
        (UUID) row[0],
        (Integer) row[1],
        role,
        opened.speaker(role, identity),
        identity,
        content,
        (String) row[4],
        (Boolean) row[5],
        (Boolean) row[6],
        Times.text(((OffsetDateTime) row[8]).toInstant()),
        start,
        Math.max(start + 1, offset + order.lastsMs(place, content)));
  }
}
