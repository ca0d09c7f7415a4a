package dev.voiceledger.reconcile;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.voiceledger.TestDatabase;
import dev.voiceledger.history.Tables;
import dev.voiceledger.livekit.LiveKitDouble;
import dev.voiceledger.webhook.LiveKitSender;
import dev.voiceledger.webhook.Rows;
import dev.voiceledger.webhook.Webhooks;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.UUID;

/**
 * A LiveKit with rooms and people, the webhooks that it sends of them or does not send, and a
 * replica that compares when the test says so.
 */
final class Scene {
  static final long AT = 1_790_000_000L;
  private static final Duration BUDGET = Duration.ofSeconds(60);

  /** Other tests' calls may be many, and the search's job is at them: not at the same time. */
  private static final String NO_CALLS =
      """
      select pg_advisory_xact_lock(hashtextextended('voiceledger.transcript_words', 0));
      delete from voice_calls\
      """;

  final LiveKitDouble livekit;
  final TestDatabase database;
  private final Pass.Sources sources;
  private final LiveKitSender sender;
  private final UUID holder = UUID.randomUUID();
  private Pass pass;

  Scene(LiveKitDouble livekit, TestDatabase database, Pass.Sources sources, URI base) {
    this.livekit = livekit;
    this.database = database;
    this.sources = sources;
    this.sender = new LiveKitSender(base);
    livekit.works();
    livekit.rooms.crash();
    database.asSuperuser(NO_CALLS);
    Tables.write(database, "update reconciler set holder = null, until = null, memory = '{}'");
    grace(Duration.ZERO);
  }

  /** From here on by a replica that has just begun, with this grace. */
  void grace(Duration grace) {
    pass = new Pass(holder, sources, grace, BUDGET);
  }

  /** Compares so many times; answers how many findings were written at last. */
  int passes(int times) throws InterruptedException {
    Waiting.on(() -> sources.turns().take(holder, BUDGET));
    int written = 0;
    for (int i = 0; i < times; i++) {
      Thread.sleep(2); // grace zero means: in another millisecond
      written = pass.run();
    }
    return written;
  }

  void post(Webhooks event) {
    if (sender.post(event) != 200) {
      throw new AssertionError("not taken");
    }
  }

  /** A live room that was announced. */
  ObjectNode room(String name) {
    ObjectNode room = livekit.rooms.open(name);
    post(Webhooks.roomStarted(sid(room), name, AT * 1000 + 123, AT));
    return room;
  }

  /** Somebody in a live room who was announced. */
  ObjectNode person(ObjectNode room, String identity) {
    ObjectNode person = livekit.rooms.join(name(room), identity).put("name", "Name of " + identity);
    post(
        Webhooks.participant(
            "participant_joined",
            sid(room),
            name(room),
            sid(person),
            identity,
            person.path("joined_at_ms").asLong(),
            AT + 1));
    return person;
  }

  static String sid(ObjectNode node) {
    return node.path("sid").asText();
  }

  static boolean isPerson(String key) {
    return key.startsWith("participant ");
  }

  static String name(ObjectNode node) {
    return node.path("name").asText();
  }

  Map<String, String> call(ObjectNode room) {
    return rows(room).get("call " + sid(room));
  }

  Map<String, String> person(ObjectNode room, ObjectNode person) {
    return rows(room).get("participant " + sid(room) + " " + sid(person));
  }

  SortedMap<String, SortedMap<String, String>> rows(ObjectNode room) {
    return Rows.ofRooms(database, sid(room));
  }

  /** The events of the reconciler about a room, by name. */
  List<String> findings(ObjectNode room) {
    return Tables.texts(
        database,
        "select event from webhook_events where provider = 'reconciler' and room_sid = ?"
            + " order by event",
        sid(room));
  }

  /** When a room, or the people of it, were last listed, in Unix milliseconds. */
  long listed(ObjectNode room, String what) {
    String index = what.equals("room") ? "0" : "1";
    return Long.parseLong(
        Tables.text(
            database,
            "select memory -> cast(voiceledger.call_id_of_room(?) as text) ->> "
                + index
                + " from reconciler",
            sid(room)));
  }
}
