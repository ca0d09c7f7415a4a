package dev.voiceledger.faults;

import dev.voiceledger.faults.Asked.Appended;
import dev.voiceledger.faults.Asked.SeenCall;
import dev.voiceledger.faults.History.Append;
import dev.voiceledger.faults.History.Outcome;
import dev.voiceledger.faults.History.Read;
import dev.voiceledger.faults.History.Step;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Turns what was asked and answered into a history of lists. Messages are a list as they stand.
 * Metadata is a set that grows by one key with each change, whose answer shows all keys until then:
 * so the sets, by size, tell the order. A title stands for the list of all titles until it, a count
 * of messages for so many of the first.
 */
final class Readings {
  private final Map<String, List<String>> metadata = new HashMap<>();
  private final Map<String, List<String>> messages = new HashMap<>();

  private Readings(Collection<Asked> all) {
    Map<String, Set<Set<String>>> sets = new HashMap<>();
    Map<String, Set<String>> ownSets = new HashMap<>();
    for (Asked asked : all) {
      for (SeenCall seen : asked.calls()) {
        sets.computeIfAbsent(seen.call(), none -> new HashSet<>()).add(seen.metadata());
        if (asked.appended().value() != null) {
          ownSets.put(asked.appended().value(), seen.metadata());
        }
      }
      asked
          .messages()
          .forEach(
              (call, list) -> messages.merge(call, list, (a, b) -> a.size() >= b.size() ? a : b));
    }
    sets.forEach((call, seen) -> metadata.put(call, order(seen, ownSets)));
  }

  /** A key whose change was not answered may come with the next one: before it. */
  private static List<String> order(Set<Set<String>> sets, Map<String, Set<String>> ownSets) {
    Set<String> order = new LinkedHashSet<>();
    for (Set<String> set : sets.stream().sorted(Comparator.comparing(Set::size)).toList()) {
      set.stream()
          .filter(key -> !order.contains(key))
          .sorted(Comparator.comparing(key -> set.equals(ownSets.get(key))))
          .toList()
          .forEach(order::add);
    }
    return List.copyOf(order);
  }

  static History history(Collection<Asked> all) {
    Readings readings = new Readings(all);
    History history = new History();
    for (Asked asked : all) {
      List<Step> steps = new ArrayList<>(appends(asked.appended()));
      asked.calls().forEach(seen -> readings.add(seen, steps));
      asked.messages().forEach((call, list) -> steps.add(new Read(messagesOf(call), list)));
      history.add(asked.outcome(), asked.began(), asked.ended(), steps);
    }
    return history;
  }

  private static List<Append> appends(Appended one) {
    return one.value() == null
        ? List.of()
        : one.message()
            ? List.of(new Append(messagesOf(one.call()), one.value()))
            : List.of(
                new Append(metadataOf(one.call()), one.value()),
                new Append(titleOf(one.call()), one.value()));
  }

  private static String messagesOf(String call) {
    return call + " messages";
  }

  private static String metadataOf(String call) {
    return call + " metadata";
  }

  private static String titleOf(String call) {
    return call + " title";
  }

  private void add(SeenCall seen, List<Step> steps) {
    List<String> order = metadata.get(seen.call());
    steps.add(
        new Read(
            metadataOf(seen.call()), order.stream().filter(seen.metadata()::contains).toList()));
    steps.add(new Read(titleOf(seen.call()), until(seen.title(), order)));
    List<String> said = messages.getOrDefault(seen.call(), List.of());
    List<String> counted = new ArrayList<>(said.subList(0, Math.min(said.size(), seen.messages())));
    for (int i = counted.size(); i < seen.messages(); i++) {
      counted.add("a message that nobody saw, number " + i);
    }
    steps.add(new Read(messagesOf(seen.call()), counted));
  }

  private static List<String> until(String title, List<String> order) {
    if (title == null) {
      return List.of();
    }
    int place = order.indexOf(title);
    return place < 0 ? List.of(title) : order.subList(0, place + 1);
  }

  /** How many there are of an outcome. */
  static long count(Collection<Asked> all, Outcome outcome) {
    return all.stream().filter(asked -> asked.outcome() == outcome).count();
  }
}
