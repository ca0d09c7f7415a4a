package dev.voiceledger.faults;

import dev.voiceledger.faults.Anomalies.Kind;
import dev.voiceledger.faults.History.Outcome;
import dev.voiceledger.faults.History.Read;
import dev.voiceledger.faults.History.Transaction;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Who must come before whom, and why; and whether somebody must come before themselves. */
final class Dependencies {
  private enum Why {
    /** Appended behind it. */
    WW,
    /** Read it. */
    WR,
    /** Appended what the other did not see yet. */
    RW
  }

  private record Edge(Transaction from, Transaction to, Why why) {}

  private final Versions versions;
  private final Map<Transaction, Set<Edge>> edges = new HashMap<>();

  Dependencies(List<Transaction> all, Versions versions) {
    this.versions = versions;
    for (String key : versions.keys()) {
      List<String> order = versions.order(key);
      for (int i = 1; i < order.size(); i++) {
        add(versions.writer(key, order.get(i - 1)), versions.writer(key, order.get(i)), Why.WW);
      }
    }
    for (Transaction one : all) {
      one.reads().stream().filter(versions::isBeginning).forEach(read -> add(one, read));
    }
  }

  private void add(Transaction reader, Read read) {
    List<String> order = versions.order(read.key());
    int seen = read.values().size();
    if (seen > 0) {
      add(versions.writer(read.key(), order.get(seen - 1)), reader, Why.WR);
    }
    if (seen < order.size()) {
      add(reader, versions.writer(read.key(), order.get(seen)), Why.RW);
    }
  }

  /** What failed, and was seen nevertheless, is an anomaly already. */
  private void add(Transaction from, Transaction to, Why why) {
    if (from != null && to != null && from != to && happened(from) && happened(to)) {
      edges.computeIfAbsent(from, none -> new HashSet<>()).add(new Edge(from, to, why));
    }
  }

  private static boolean happened(Transaction one) {
    return one.outcome() != Outcome.FAILED;
  }

  /** Each group of transactions that must all come before each other is found once. */
  void cycles(Anomalies found) {
    List<Set<Transaction>> known = new ArrayList<>();
    search(found, known, Kind.G0, EnumSet.of(Why.WW));
    search(found, known, Kind.G1C, EnumSet.of(Why.WW, Why.WR));
    single(found, known);
    search(found, known, Kind.G2, EnumSet.allOf(Why.class));
  }

  private void search(Anomalies found, List<Set<Transaction>> known, Kind kind, Set<Why> whys) {
    Set<Transaction> done = new HashSet<>();
    known.forEach(done::addAll);
    for (Transaction start : List.copyOf(edges.keySet())) {
      if (done.contains(start)) {
        continue;
      }
      List<Edge> cycle = path(start, start, whys);
      if (cycle != null) {
        Set<Transaction> members = new HashSet<>();
        cycle.forEach(edge -> members.add(edge.from()));
        known.add(members);
        done.addAll(members);
        found.add(kind, cycle.toString());
      }
    }
  }

  /** One read of what was overwritten, and a way back of writes and reads of writes. */
  private void single(Anomalies found, List<Set<Transaction>> known) {
    for (Set<Edge> out : edges.values()) {
      for (Edge edge : out) {
        boolean isKnown =
            known.stream().anyMatch(all -> all.contains(edge.from()) && all.contains(edge.to()));
        if (edge.why() != Why.RW || isKnown) {
          continue;
        }
        List<Edge> back = path(edge.to(), edge.from(), EnumSet.of(Why.WW, Why.WR));
        if (back != null) {
          Set<Transaction> members = new HashSet<>(Set.of(edge.from()));
          back.forEach(one -> members.add(one.from()));
          known.add(members);
          found.add(Kind.G_SINGLE, edge + ", " + back);
        }
      }
    }
  }

  /** The shortest, of one edge at least; null where there is none. */
  private List<Edge> path(Transaction from, Transaction to, Set<Why> whys) {
    Map<Transaction, Edge> cameBy = new HashMap<>();
    Deque<Transaction> next = new ArrayDeque<>(List.of(from));
    while (!next.isEmpty()) {
      for (Edge edge : edges.getOrDefault(next.poll(), Set.of())) {
        if (!whys.contains(edge.why()) || cameBy.putIfAbsent(edge.to(), edge) != null) {
          continue;
        }
        if (edge.to() == to) {
          return back(from, to, cameBy);
        }
        next.add(edge.to());
      }
    }
    return null;
  }

  private static List<Edge> back(Transaction from, Transaction to, Map<Transaction, Edge> cameBy) {
    List<Edge> path = new ArrayList<>();
    Transaction at = to;
    do {
      Edge edge = cameBy.get(at);
      path.addFirst(edge);
      at = edge.from();
    } while (at != from);
    return path;
  }
}
