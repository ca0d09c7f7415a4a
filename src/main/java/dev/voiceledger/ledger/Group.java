package dev.voiceledger.ledger;

import dev.voiceledger.call.CallFacts;
import dev.voiceledger.call.ParticipantFacts;
import dev.voiceledger.call.RecordingFacts;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.BinaryOperator;

/**
 * Entries that go in together, merged to one row a key and sorted: a statement cannot touch a row
 * twice, and transactions that lock in one order do not block each other for ever.
 */
final class Group {
  private final SortedMap<String, Entry.Inbox> inbox = new TreeMap<>();
  private final SortedMap<String, CallFacts> calls = new TreeMap<>();
  private final SortedMap<String, ParticipantFacts> participants = new TreeMap<>();
  private final SortedMap<String, RecordingFacts> recordings = new TreeMap<>();
  private final SortedSet<String> userIds = new TreeSet<>();

  private Group() {}

  static Group of(List<Entry> entries) {
    Group group = new Group();
    entries.forEach(group::add);
    return group;
  }

  /** The database's order of a uuid is that of its text. */
  private void add(Entry entry) {
    if (entry.inbox() != null) {
      inbox.putIfAbsent(key(entry.inbox()), entry.inbox());
    }
    if (entry.call() != null) {
      calls.merge(entry.call().id().toString(), entry.call(), CallFacts::merge);
      addPeople(entry.call().opening());
    }
    if (entry.participant() != null) {
      ParticipantFacts facts = entry.participant();
      merge(participants, facts.callId(), facts.sid(), facts, ParticipantFacts::merge);
      if (facts.userId() != null) {
        userIds.add(facts.userId().toString());
      }
    }
    if (entry.recording() != null) {
      RecordingFacts facts = entry.recording();
      merge(recordings, facts.callId(), facts.egressId(), facts, RecordingFacts::merge);
    }
  }

  private void addPeople(CallFacts.Opening opening) {
    if (opening != null && opening.userId() != null) {
      userIds.add(opening.userId().toString());
    }
  }

  private static <T> void merge(
      SortedMap<String, T> rows, UUID callId, String sid, T facts, BinaryOperator<T> merger) {
    rows.merge(callId + "/" + sid, facts, merger);
  }

  static String key(Entry.Inbox row) {
    return row.provider() + "/" + row.id();
  }

  Collection<Entry.Inbox> inbox() {
    return inbox.values();
  }

  Collection<CallFacts> calls() {
    return calls.values();
  }

  /** Those of the calls that somebody asked for. */
  List<CallFacts> openings() {
    return calls.values().stream().filter(call -> call.opening() != null).toList();
  }

  /** Those of the calls that somebody found to be over. */
  List<CallFacts> inferredEnds() {
    return calls.values().stream().filter(call -> call.inferredEnd() != null).toList();
  }

  Collection<ParticipantFacts> participants() {
    return participants.values();
  }

  Collection<RecordingFacts> recordings() {
    return recordings.values();
  }

  List<UUID> userIds() {
    List<UUID> ids = new ArrayList<>(userIds.size());
    userIds.forEach(id -> ids.add(UUID.fromString(id)));
    return ids;
  }
}
