package dev.voiceledger.live;

import dev.voiceledger.live.Change.Kind;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;

/** Readers who are told together, from one number on. The hub's own, like all that it leads to. */
final class Cohort {
  private final Set<Reader> operators = new LinkedHashSet<>();
  private final Map<UUID, Set<Reader>> people = new HashMap<>();
  private final Map<UUID, Set<Reader>> ofCalls = new HashMap<>();
  private final Set<Reader> all = new LinkedHashSet<>();

  /** Up to which number all of them were told. */
  private long cursor;

  long cursor() {
    return cursor;
  }

  void cursor(long number) {
    cursor = number;
  }

  void add(Reader reader) {
    all.add(reader);
    group(reader).add(reader);
  }

  private Set<Reader> group(Reader reader) {
    if (reader.callId() != null) {
      return ofCalls.computeIfAbsent(reader.callId(), call -> new LinkedHashSet<>());
    }
    return reader.who() == Reader.Who.OPERATOR
        ? operators
        : people.computeIfAbsent(reader.userId(), user -> new LinkedHashSet<>());
  }

  void remove(Reader reader) {
    if (all.remove(reader)) {
      group(reader).remove(reader);
      ofCalls.remove(reader.callId(), Set.of());
      people.remove(reader.userId(), Set.of());
    }
  }

  void removeThoseGone() {
    all().stream().filter(Reader::isOver).forEach(this::remove);
  }

  boolean isEmpty() {
    return all.isEmpty();
  }

  /** A copy: whoever is told may be taken out meanwhile. */
  List<Reader> all() {
    return List.copyOf(all);
  }

  List<Reader> operators() {
    return List.copyOf(operators);
  }

  Set<UUID> people() {
    return Set.copyOf(people.keySet());
  }

  List<Reader> of(UUID userId) {
    return List.copyOf(people.getOrDefault(userId, Set.of()));
  }

  List<Reader> ofCall(UUID callId) {
    return List.copyOf(ofCalls.getOrDefault(callId, Set.of()));
  }

  /** Whether somebody sees everything. */
  boolean seesAll() {
    return !operators.isEmpty();
  }

  boolean looksAt(UUID callId) {
    return ofCalls.containsKey(callId);
  }

  /** The persons whose rights on these calls matter. */
  Set<UUID> persons(Collection<UUID> calls) {
    Set<UUID> persons = new HashSet<>(people.keySet());
    each(calls, Reader.Who.PERSON, reader -> persons.add(reader.userId()));
    return persons;
  }

  /**
   * The holders of join tokens who may have lost their call: those whose call's participants
   * changed, who came only now, and whose token names no call, so that another one of the room may
   * be theirs.
   */
  List<Reader> holders(Changes changes) {
    List<Reader> holders = new ArrayList<>();
    each(changes.callIds(change -> change.is(Kind.participant)), Reader.Who.HOLDER, holders::add);
    Set<Reader> there = new HashSet<>(holders);
    each(
        changes.callIds(),
        Reader.Who.HOLDER,
        reader -> {
          if ((reader.followsRoom() || !reader.judged()) && there.add(reader)) {
            holders.add(reader);
          }
        });
    return holders;
  }

  private void each(Collection<UUID> calls, Reader.Who who, Consumer<Reader> what) {
    for (UUID call : calls) {
      for (Reader reader : ofCalls.getOrDefault(call, Set.of())) {
        if (reader.who() == who) {
          what.accept(reader);
        }
      }
    }
  }
}
