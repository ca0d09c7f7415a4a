package dev.voiceledger.webhook;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.voiceledger.TestDatabase;
import dev.voiceledger.ledger.Entry;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * Many calls at once as they usually are: a person and an agent, ten events each, interleaved as
 * they would arrive, bodies of about a kilobyte.
 */
public final class TypicalCalls {
  private static final long START = 1_760_000_000L;
  private static final String METADATA =
      "{\"tenant\":\"acme\",\"note\":\"" + "x".repeat(300) + "\"}";

  private final String prefix;
  private final int count;
  private final List<byte[]> bodies = new ArrayList<>();

  private TypicalCalls(String prefix, int count) {
    this.prefix = prefix;
    this.count = count;
    for (int wave = 0; wave < count; wave += 250) {
      interleave(wave, Math.min(wave + 250, count));
    }
  }

  public static TypicalCalls of(String prefix, int count) {
    return new TypicalCalls(prefix, count);
  }

  private void interleave(int from, int to) {
    List<List<Webhooks>> calls = new ArrayList<>();
    for (int call = from; call < to; call++) {
      calls.add(call("RM_" + prefix + "_" + call, "room-" + prefix + "-" + call));
    }
    for (int step = 0; step < calls.getFirst().size(); step++) {
      for (List<Webhooks> call : calls) {
        bodies.add(call.get(step).bytes());
      }
    }
  }

  /** Ten events of one call, in the order in which they happen. */
  public static List<Webhooks> call(String sid, String name) {
    long ms = START * 1000;
    String person = "PA_p" + sid;
    String agent = "PA_a" + sid;
    List<Webhooks> events =
        List.of(
            Webhooks.roomStarted(sid, name, ms, START),
            joinedOrLeft("participant_joined", sid, name, person, "alice", START + 1),
            joinedOrLeft("participant_joined", sid, name, agent, "agent-7", START + 2)
                .kind("AGENT"),
            Webhooks.track("track_published", sid, name, person, "alice", START + 2),
            Webhooks.track("track_published", sid, name, agent, "agent-7", START + 3),
            Webhooks.track("track_unpublished", sid, name, person, "alice", START + 60),
            Webhooks.track("track_unpublished", sid, name, agent, "agent-7", START + 60),
            joinedOrLeft("participant_left", sid, name, person, "alice", START + 61),
            joinedOrLeft("participant_left", sid, name, agent, "agent-7", START + 61).kind("AGENT"),
            Webhooks.roomFinished(sid, name, ms, START + 62));
    events.forEach(event -> event.room().put("metadata", METADATA));
    return events;
  }

  private static Webhooks joinedOrLeft(
      String event, String sid, String name, String participant, String identity, long at) {
    return Webhooks.participant(event, sid, name, participant, identity, (START + 1) * 1000, at);
  }

  public List<byte[]> bodies() {
    return bodies;
  }

  /** The same events as the ledger takes them. */
  public List<Entry> entries() {
    return bodies.stream()
        .map(body -> EventFacts.of(EventReader.read(body, "unused"), body))
        .toList();
  }

  /** Every call is there as a person who watched would write it down, and every event once. */
  public void check(TestDatabase database) throws SQLException {
    String calls =
        """
        select count(*) from voice_calls c where room_sid like 'RM\\_%1$s\\_%%'
          and status = 'completed' and duration_seconds = 61 and participant_count = 2
          and agent_name = 'agent-7' and 2 = (select count(*) from call_participants p
            where p.call_id = c.id and p.duration_seconds = 60)\
        """;
    String events = "select count(*) from webhook_events where room_sid like 'RM\\_%1$s\\_%%'";
    assertEquals(count, count(database, calls.formatted(prefix)));
    assertEquals(bodies.size(), count(database, events.formatted(prefix)));
  }

  private static int count(TestDatabase database, String sql) throws SQLException {
    try (var connection = database.superuser();
        ResultSet rows = connection.createStatement().executeQuery(sql)) {
      rows.next();
      return rows.getInt(1);
    }
  }
}
