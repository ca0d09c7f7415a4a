package dev.voiceledger.ledger;

import dev.voiceledger.call.CallFacts;
import dev.voiceledger.call.CallStore;
import dev.voiceledger.call.ParticipantStore;
import dev.voiceledger.call.RecordingStore;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * Events and what the API says of calls. Locks are taken in one order by everybody: users, new
 * calls, known calls, what hangs on them, the inbox; each set sorted by key.
 */
final class Events implements Kind<Entry, Outcome> {
  @Override
  public List<String> statements() {
    return List.of(
        CallStore.USERS_ARE_KNOWN,
        CallStore.NEW_CALLS,
        CallStore.CALLS_ARE_LOCKED,
        CallStore.FACTS_OF_CALLS,
        CallStore.OPENINGS,
        CallStore.KEYS_KNOW_CALLS,
        CallStore.INFERRED_ENDS,
        ParticipantStore.PARTICIPANTS,
        RecordingStore.RECORDINGS,
        InboxStore.INBOX);
  }

  @Override
  public List<Write> writes(List<Entry> entries) {
    Group group = Group.of(entries);
    List<Write> writes = new ArrayList<>();
    if (!group.userIds().isEmpty()) {
      writes.add(new Write(CallStore.USERS_ARE_KNOWN, CallStore.users(group.userIds())));
    }
    addCalls(writes, group);
    if (!group.participants().isEmpty()) {
      Tuple facts = ParticipantStore.facts(group.participants());
      writes.add(new Write(ParticipantStore.PARTICIPANTS, facts));
    }
    if (!group.recordings().isEmpty()) {
      Tuple facts = RecordingStore.facts(group.recordings());
      writes.add(new Write(RecordingStore.RECORDINGS, facts));
    }
    if (!group.inbox().isEmpty()) {
      writes.add(new Write(InboxStore.INBOX, InboxStore.rows(group.inbox())));
    }
    return writes;
  }

  private static void addCalls(List<Write> writes, Group group) {
    if (group.calls().isEmpty()) {
      return;
    }
    Tuple facts = CallStore.facts(group.calls());
    writes.add(new Write(CallStore.NEW_CALLS, facts));
    writes.add(new Write(CallStore.CALLS_ARE_LOCKED, CallStore.ids(group.calls())));
    writes.add(new Write(CallStore.FACTS_OF_CALLS, facts));
    List<CallFacts> openings = group.openings();
    if (!openings.isEmpty()) {
      writes.add(new Write(CallStore.OPENINGS, CallStore.openings(openings)));
    }
    List<CallFacts> keyed = openings.stream().filter(call -> call.opening().key() != null).toList();
    if (!keyed.isEmpty()) {
      writes.add(new Write(CallStore.KEYS_KNOW_CALLS, CallStore.keys(keyed)));
    }
    List<CallFacts> ends = group.inferredEnds();
    if (!ends.isEmpty()) {
      writes.add(new Write(CallStore.INFERRED_ENDS, CallStore.inferredEnds(ends)));
    }
  }

  /** Of several copies of one event in a group, the first has its effect. */
  @Override
  public List<Outcome> results(List<Entry> entries, List<RowSet<Row>> answers) {
    boolean inbox = entries.stream().anyMatch(entry -> entry.inbox() != null);
    Map<String, Entry.State> states = inbox ? states(answers.getLast()) : Map.of();
    Set<String> told = new HashSet<>();
    List<Outcome> outcomes = new ArrayList<>(entries.size());
    for (Entry entry : entries) {
      String key = entry.inbox() == null ? null : Group.key(entry.inbox());
      outcomes.add(key == null ? Outcome.APPLIED : outcome(told.add(key) ? states.get(key) : null));
    }
    return outcomes;
  }

  /** By key of the inbox row, the state of each that is new or has changed. */
  private static Map<String, Entry.State> states(RowSet<Row> rows) {
    Map<String, Entry.State> states = HashMap.newHashMap(rows.size());
    rows.forEach(row -> states.put(row.getString(0), Entry.State.valueOf(row.getString(1))));
    return states;
  }

  private static Outcome outcome(Entry.State state) {
    return switch (state) {
      case null -> Outcome.DUPLICATE;
      case applied -> Outcome.APPLIED;
      case ignored -> Outcome.IGNORED;
      case failed -> Outcome.FAILED;
    };
  }

  @Override
  public UUID callId(Entry entry) {
    return entry.callId();
  }

  @Override
  public int hash(Entry entry) {
    return entry.inbox().id().hashCode();
  }

  @Override
  public String label(Entry entry) {
    return entry.inbox() == null
        ? "callId=" + entry.callId()
        : "eventId=" + entry.inbox().id() + " roomSid=" + entry.inbox().roomSid();
  }

  @Override
  public Optional<Entry> refused(Entry entry, String reason) {
    return entry.inbox() == null || entry.inbox().state() == Entry.State.failed
        ? Optional.empty()
        : Optional.of(entry.refused(reason));
  }
}
