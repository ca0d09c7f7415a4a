package dev.voiceledger.faults;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/** What clients asked of lists that only grow, and what they were told. */
final class History {
  /** Of a request that was not answered, or answered that something went wrong, nobody knows. */
  enum Outcome {
    OK,
    FAILED,
    UNKNOWN
  }

  /** One thing done to one list. */
  sealed interface Step {
    String key();
  }

  /** A value that is put to no list twice. */
  record Append(String key, String value) implements Step {}

  /** The whole list, in its order. */
  record Read(String key, List<String> values) implements Step {}

  /**
   * What is said to be done at once, and alone.
   *
   * @param number from 0 on, in no order that means anything
   * @param began on one clock for all
   */
  record Transaction(int number, Outcome outcome, long began, long ended, List<Step> steps) {
    List<Append> appends() {
      return steps.stream().filter(Append.class::isInstance).map(Append.class::cast).toList();
    }

    /** Of what was not answered nothing is known. */
    List<Read> reads() {
      return outcome != Outcome.OK
          ? List.of()
          : steps.stream().filter(Read.class::isInstance).map(Read.class::cast).toList();
    }

    /** No two have one number. */
    @Override
    public boolean equals(Object other) {
      return this == other;
    }

    @Override
    public int hashCode() {
      return number;
    }

    @Override
    public String toString() {
      return "T" + number + " " + outcome + " " + steps;
    }
  }

  private final Queue<Transaction> all = new ConcurrentLinkedQueue<>();
  private final AtomicInteger number = new AtomicInteger();

  /** To be called by many. */
  void add(Outcome outcome, long began, long ended, List<Step> steps) {
    all.add(new Transaction(number.getAndIncrement(), outcome, began, ended, List.copyOf(steps)));
  }

  /** The same without times, one after the other; for histories that a person wrote. */
  History then(Outcome outcome, Step... steps) {
    add(outcome, 0, Long.MAX_VALUE, Arrays.asList(steps));
    return this;
  }

  List<Transaction> transactions() {
    return new ArrayList<>(all);
  }

  long count(Outcome outcome) {
    return all.stream().filter(one -> one.outcome() == outcome).count();
  }
}
