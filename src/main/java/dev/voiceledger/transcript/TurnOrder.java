package dev.voiceledger.transcript;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * The turns of a call in the order in which they were said, then of their numbers: late posts stand
 * where they belong. A few numbers for each turn, in plain arrays, since calls may be long.
 */
final class TurnOrder {
  private static final int TURNS_FIRST = 256;

  /** A turn whose speaker goes on at once is still to be read. */
  private static final int SHOWN_MS_MIN = 500;

  private int size;
  private int[] numbers = new int[TURNS_FIRST];
  private long[] saidMs = new long[TURNS_FIRST];
  private int[] lastsMs = new int[TURNS_FIRST];
  private int[] bytes = new int[TURNS_FIRST];

  /** By hash until they are sorted, then how long until the same speaker goes on. */
  private int[] speakers = new int[TURNS_FIRST];

  void add(int number, Spoken spoken, int speaker, int contentBytes) {
    if (size == numbers.length) {
      grow();
    }
    numbers[size] = number;
    saidMs[size] = spoken.saidMs();
    lastsMs[size] = spoken.lastsMs();
    speakers[size] = speaker;
    bytes[size] = contentBytes;
    size++;
  }

  private void grow() {
    int room = size + size / 2;
    numbers = Arrays.copyOf(numbers, room);
    saidMs = Arrays.copyOf(saidMs, room);
    lastsMs = Arrays.copyOf(lastsMs, room);
    speakers = Arrays.copyOf(speakers, room);
    bytes = Arrays.copyOf(bytes, room);
  }

  int size() {
    return size;
  }

  int number(int place) {
    return numbers[place];
  }

  int bytes(int place) {
    return bytes[place];
  }

  long saidMs(int place) {
    return saidMs[place];
  }

  /** The greatest number so far, from which to read on; -1 of none. */
  int lastNumber() {
    return size == 0 ? -1 : numbers[size - 1];
  }

  /** Once all are there, which came by number. */
  TurnOrder sorted() {
    int[] order = order();
    numbers = IntStream.of(order).map(i -> numbers[i]).toArray();
    saidMs = IntStream.of(order).mapToLong(i -> saidMs[i]).toArray();
    lastsMs = IntStream.of(order).map(i -> lastsMs[i]).toArray();
    bytes = IntStream.of(order).map(i -> bytes[i]).toArray();
    speakers = untilTheyGoOn(IntStream.of(order).map(i -> speakers[i]).toArray());
    return this;
  }

  /** Their places by time, merged run by run: of equal times the first stays the first. */
  private int[] order() {
    int[] order = IntStream.range(0, size).toArray();
    int[] merged = new int[size];
    for (long run = 1; run < size; run *= 2) {
      for (long from = 0; from < size; from += 2 * run) {
        int middle = (int) Math.min(from + run, size);
        merge(order, merged, (int) from, middle, (int) Math.min(from + 2 * run, size));
      }
      int[] free = order;
      order = merged;
      merged = free;
    }
    return order;
  }

  private void merge(int[] order, int[] merged, int from, int middle, int to) {
    int left = from;
    int right = middle;
    for (int i = from; i < to; i++) {
      boolean fromLeft =
          right == to || left < middle && saidMs[order[left]] <= saidMs[order[right]];
      merged[i] = order[fromLeft ? left++ : right++];
    }
  }

  private int[] untilTheyGoOn(int[] speaker) {
    Map<Integer, Long> next = new HashMap<>();
    int[] until = new int[size];
    for (int i = size - 1; i >= 0; i--) {
      Long then = next.put(speaker[i], saidMs[i]);
      until[i] =
          then == null ? Integer.MAX_VALUE : Math.clamp(then - saidMs[i], 0, Integer.MAX_VALUE);
    }
    return until;
  }

  /** How long it lasts: as measured, else by its length until the same speaker goes on. */
  int lastsMs(int place, String content) {
    return lastsMs[place] > 0
        ? lastsMs[place]
        : Math.max(SHOWN_MS_MIN, Math.min(speakers[place], Spoken.estimateMs(content)));
  }
}
