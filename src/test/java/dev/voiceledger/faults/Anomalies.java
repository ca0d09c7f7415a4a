package dev.voiceledger.faults;

import dev.voiceledger.faults.History.Append;
import dev.voiceledger.faults.History.Outcome;
import dev.voiceledger.faults.History.Read;
import dev.voiceledger.faults.History.Transaction;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What a history has that no serial order of its transactions explains, by the names of Adya and of
 * Elle: appends to lists show in which order they came, so dependencies are read off and cycles of
 * them looked for.
 */
final class Anomalies {
  enum Kind {
    /** A cycle of writes over writes. */
    G0,
    /** What failed was read. */
    G1A,
    /** A state between two writes of one transaction was read. */
    G1B,
    /** A cycle of writes over writes and of reads of writes. */
    G1C,
    /** A cycle with one read of what was overwritten after it. */
    G_SINGLE,
    /** A cycle with more of these. */
    G2,
    /** An append that was acknowledged is not there, or two went out from the same state. */
    LOST_UPDATE,
    /** What was acknowledged before a read began is not in it. */
    STALE,
    /** Two readings, of which neither begins the other. */
    ORDER,
    TWICE,
    NOWHERE
  }

  private final Map<Kind, List<String>> found = new EnumMap<>(Kind.class);

  private Anomalies() {}

  static Anomalies of(History history) {
    Anomalies anomalies = new Anomalies();
    List<Transaction> all = history.transactions();
    all.sort(Versions.BY_NUMBER);
    Versions versions = new Versions(all, anomalies);
    Map<String, Map<String, Transaction>> acknowledged = acknowledged(all);
    for (Transaction one : all) {
      anomalies.lost(one, versions);
      for (Read read : one.reads()) {
        anomalies.stale(read, one, acknowledged.getOrDefault(read.key(), Map.of()));
      }
    }
    anomalies.sameState(all, versions);
    new Dependencies(all, versions).cycles(anomalies);
    return anomalies;
  }

  void add(Kind kind, String what) {
    found.computeIfAbsent(kind, none -> new ArrayList<>()).add(what);
  }

  int count(Kind kind) {
    return found.getOrDefault(kind, List.of()).size();
  }

  /** Those that there are, and one example of each. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    found.forEach((kind, all) ->
        text.append(all.size())
            .append(' ')
            .append(kind)
            .append(": ")
            .append(all.getFirst())
            .append('\n'));
    return text.isEmpty() ? "none" : text.toString();
  }

  private void lost(Transaction writer, Versions versions) {
    for (Append append : writer.appends()) {
      if (writer.outcome() == Outcome.OK
          && !versions.order(append.key()).contains(append.value())) {
        add(Kind.LOST_UPDATE, writer + " was acknowledged, and nobody read " + append);
      }
    }
  }

  /** Read, then written, twice from one state: the second did not know of the first. */
  private void sameState(List<Transaction> all, Versions versions) {
    Map<Read, Transaction> from = new HashMap<>();
    for (Transaction one : all) {
      for (Read read : one.reads()) {
        boolean writes = one.appends().stream().anyMatch(own -> isFirstAfter(own, read));
        Transaction other = writes ? from.put(read, one) : null;
        if (other != null) {
          add(Kind.LOST_UPDATE, other + " and " + one + " went out from one state");
        }
      }
    }
  }

  private static boolean isFirstAfter(Append own, Read read) {
    return own.key().equals(read.key()) && !read.values().contains(own.value());
  }

  /** What was acknowledged, by list. */
  private static Map<String, Map<String, Transaction>> acknowledged(List<Transaction> all) {
    Map<String, Map<String, Transaction>> lists = new HashMap<>();
    for (Transaction one : all) {
      if (one.outcome() == Outcome.OK) {
        for (Append append : one.appends()) {
          lists.computeIfAbsent(append.key(), none -> new HashMap<>()).put(append.value(), one);
        }
      }
    }
    return lists;
  }

  private void stale(Read read, Transaction reader, Map<String, Transaction> acknowledged) {
    Map<String, Transaction> unseen = new HashMap<>(acknowledged);
    read.values().forEach(unseen::remove);
    for (Transaction writer : unseen.values()) {
      if (writer.ended() < reader.began()) {
        add(Kind.STALE, reader + " began after the end of " + writer);
      }
    }
  }
}
