package dev.voiceledger.faults;

import dev.voiceledger.faults.History.Append;
import dev.voiceledger.faults.History.Outcome;
import dev.voiceledger.faults.History.Read;
import dev.voiceledger.faults.History.Transaction;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The order in which each list grew, as the longest reading tells it, and who wrote what. Readings
 * that cannot be beginnings of it are anomalies of their own, and are left out of the order.
 */
final class Versions {
  private static final List<String> EMPTY = List.of();

  final Anomalies found;
  private final Map<String, List<String>> orders = new TreeMap<>();
  private final Map<Append, Transaction> writers = new HashMap<>();

  Versions(List<Transaction> transactions, Anomalies found) {
    this.found = found;
    for (Transaction one : transactions) {
      for (Append append : one.appends()) {
        if (writers.put(append, one) != null) {
          throw new IllegalArgumentException(append + " twice: the history says nothing");
        }
      }
    }
    for (Transaction one : transactions) {
      one.reads().forEach(read -> orders.merge(read.key(), read.values(), Versions::longer));
    }
    transactions.forEach(one -> one.reads().forEach(read -> check(one, read)));
  }

  private static List<String> longer(List<String> a, List<String> b) {
    return a.size() >= b.size() ? a : b;
  }

  /** All values of a list that anybody saw. */
  List<String> order(String key) {
    return orders.getOrDefault(key, EMPTY);
  }

  Set<String> keys() {
    return orders.keySet();
  }

  /** Null for a value that nobody appended. */
  Transaction writer(String key, String value) {
    return writers.get(new Append(key, value));
  }

  boolean isBeginning(Read read) {
    List<String> order = order(read.key());
    return read.values().size() <= order.size()
        && order.subList(0, read.values().size()).equals(read.values());
  }

  private void check(Transaction reader, Read read) {
    if (new HashSet<>(read.values()).size() < read.values().size()) {
      found.add(Anomalies.Kind.TWICE, reader + " read a value twice");
    }
    if (!isBeginning(read)) {
      found.add(Anomalies.Kind.ORDER, reader + " read what does not begin " + order(read.key()));
    }
    for (String value : read.values()) {
      Transaction writer = writer(read.key(), value);
      if (writer == null) {
        found.add(Anomalies.Kind.NOWHERE, reader + " read " + value + " of nobody");
      } else if (writer.outcome() == Outcome.FAILED) {
        found.add(Anomalies.Kind.G1A, reader + " read " + value + " of " + writer);
      }
    }
    if (!read.values().isEmpty()) {
      intermediate(reader, read.key(), read.values().getLast());
    }
  }

  /** A state that its writer went past within the same transaction. */
  private void intermediate(Transaction reader, String key, String last) {
    Transaction writer = writer(key, last);
    if (writer == null || writer == reader) {
      return;
    }
    List<Append> own = writer.appends().stream().filter(one -> one.key().equals(key)).toList();
    if (!own.getLast().value().equals(last)) {
      found.add(Anomalies.Kind.G1B, reader + " read " + last + ", amid " + writer);
    }
  }

  /** By the order in which transactions were numbered, so that a history is judged the same. */
  static final Comparator<Transaction> BY_NUMBER = Comparator.comparingInt(Transaction::number);
}
