package dev.voiceledger.history;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.voiceledger.TestDatabase;
import dev.voiceledger.webhook.LiveKitSender;
import dev.voiceledger.webhook.Webhooks;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;

/** A call with something in every table, and where anything of it is to be found. */
final class FullCall {
  static final long CREATED_MS = 1_790_000_000_123L;
  static final long AT = 1_790_000_000L;
  static final List<String> UNDER =
      List.of(
          "call_participants", "call_recordings", "call_usage", "voice_messages", "webhook_events");

  private static final String MESSAGES =
      """
      insert into voice_messages (call_id, sequence_number, segment_id, role, content, audio_url)
      select ?::uuid, n, n, 'user', 'hello', case n when 1 then 's3://audio' end
      from generate_series(1, 3) n\
      """;

  /** What the log of changes still says of it. */
  private static final String LOGGED =
      """
      select distinct concat_ws(' ', i.kind, nullif(i.key, ''))
      from call_changes l cross join unnest(l.kinds, l.call_ids, l.keys) i (kind, id, key)
      where i.id = ?::uuid\
      """;

  private final TestDatabase database;
  private final LiveKitSender sender;
  private final Api api;
  private final JsonNode call;

  /** An open call of this user, whose room lives. */
  FullCall(URI base, TestDatabase database, String user) {
    this.database = database;
    this.sender = new LiveKitSender(base);
    this.api = new Api(base);
    String key = "of:" + People.somebody();
    this.call = api.post(user, Api.CALLS, "{}", "Idempotency-Key", key).is(201).json().get("call");
    events().forEach(this::tell);
    write("insert into call_usage (call_id, source, type) values (?::uuid, 's', 'llm')");
    write(MESSAGES);
    write("update voice_calls set transcript_url = 's3://transcript' where id = ?::uuid");
  }

  String id() {
    return call.get("id").textValue();
  }

  String room() {
    return call.get("room_name").textValue();
  }

  String sid() {
    return call.get("room_sid").textValue();
  }

  private void write(String sql) {
    assertTrue(Tables.write(database, sql, id()) > 0);
  }

  /** What LiveKit told of it: five events. */
  List<Webhooks> events() {
    List<Webhooks> events = new ArrayList<>();
    events.add(Webhooks.roomStarted(sid(), room(), CREATED_MS, AT));
    for (String who : List.of("a guest", "another")) {
      events.add(
          Webhooks.participant(
              "participant_joined", sid(), room(), "PA_" + who, who, CREATED_MS, AT + 1));
    }
    Webhooks recorded =
        Webhooks.egress("egress_ended", sid(), room(), "EG_" + sid(), "EGRESS_COMPLETE", AT + 5);
    recorded.egressInfo().putArray("fileResults").addObject().put("location", "s3://file");
    events.add(recorded);
    events.add(Webhooks.event("a_new_event", sid(), room(), AT));
    return events;
  }

  void tell(Webhooks event) {
    assertEquals(200, sender.post(event));
  }

  /** How many rows each table of {@link #UNDER} has of it. */
  List<String> counts() {
    return UNDER.stream().map(this::count).toList();
  }

  private String count(String table) {
    return Tables.text(
        database, "select count(*) from " + table + " where call_id = ?::uuid", id());
  }

  /** In which tables a text is to be found, in any column whatever its type. */
  List<String> mentions(String text) {
    List<String> found = new ArrayList<>();
    for (String table :
        Tables.texts(
            database,
            "select table_name from information_schema.tables where table_schema = 'public'"
                + " and table_type = 'BASE TABLE' and table_name <> 'call_figures_due'")) {
      String body = table.equals("webhook_events") ? " || encode(t.body, 'escape')" : "";
      String sql =
          "select count(*) from %s t where strpos(to_jsonb(t)::text%s, ?) > 0"
              .formatted(table, body);
      if (!"0".equals(Tables.text(database, sql, text))) {
        found.add(table);
      }
    }
    return found;
  }

  /** By none of its names it is anywhere, but for its tombstone and that it was erased. */
  void assertNothingLeft(String owner) {
    Tables.text(database, "select voiceledger.number_changes(100000)");
    while ("t".equals(Tables.text(database, "select voiceledger.scrub_changes(200)"))) {
      continue;
    }
    assertEquals(List.of(), mentions(sid()));
    assertEquals(List.of(), mentions(room()));
    List<String> left = mentions(id()).stream().sorted().toList();
    assertEquals(List.of("call_changes", "erased_calls"), left);
    assertEquals(List.of("erased"), Tables.texts(database, LOGGED, id()));
    for (String name : List.of(id(), sid(), room())) {
      api.get(owner, Api.CALLS + "/" + name).is(404, "call-not-found");
      api.get(People.service(), Api.CALLS + "/" + name).is(404, "call-not-found");
    }
  }
}
