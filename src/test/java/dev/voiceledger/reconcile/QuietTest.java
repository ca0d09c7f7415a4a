package dev.voiceledger.reconcile;

import static dev.voiceledger.reconcile.Scene.sid;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.voiceledger.FreshDatabase;
import dev.voiceledger.TestDatabase;
import dev.voiceledger.history.Tables;
import dev.voiceledger.livekit.LiveKitDouble;
import dev.voiceledger.livekit.RoomsInMemory;
import dev.voiceledger.webhook.Webhooks;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Where rows and LiveKit agree nothing is written, and little is asked. */
@QuarkusTest
@WithTestResource(FreshDatabase.class)
@WithTestResource(LiveKitDouble.class)
class QuietTest {
  private static final List<String> TABLES =
      List.of("voice_calls", "call_participants", "call_recordings", "webhook_events");

  @TestHTTPResource URI base;
  @Inject ReconcilerThread thread;
  LiveKitDouble livekit;
  TestDatabase database;
  private Scene scene;

  @BeforeEach
  void begin() {
    scene = new Scene(livekit, database, thread.sources(), base);
  }

  @Test
  void five_passes_leave_every_row_as_it_is() throws Exception {
    for (int i = 0; i < 5; i++) {
      ObjectNode room = scene.room("quiet " + i).put("metadata", i % 2 == 0 ? "" : "m " + i);
      ObjectNode ada = scene.person(room, "ada").put("metadata", "of ada");
      RoomsInMemory.microphone(ada).put("muted", i % 2 == 0);
      scene.person(room, "bob");
    }
    ObjectNode recorded = scene.room("recorded");
    livekit.rooms.record("EG_quiet", sid(recorded), "EGRESS_ACTIVE");
    assertTrue(scene.passes(1) > 0);
    List<String> before = rows();

    assertEquals(0, scene.passes(5));

    assertEquals(before, rows());
  }

  /** Every row with the transaction that wrote it. */
  private List<String> rows() {
    List<String> rows = new ArrayList<>();
    for (String table : TABLES) {
      rows.addAll(
          Tables.texts(database, "select xmin || ' ' || ctid || t::text from " + table + " t"));
    }
    assertTrue(rows.size() > 20);
    return rows;
  }

  @Test
  void a_pass_asks_for_rooms_once_and_for_each_rooms_people_once() throws Exception {
    for (int i = 0; i < 7; i++) {
      scene.person(scene.room("asked " + i), "ada");
    }
    scene.passes(1);
    livekit.works();

    scene.passes(1);

    assertEquals(
        Map.of("ListRooms", 1L, "ListParticipants", 7L, "ListEgress", 1L), askedByMethod());
  }

  private Map<String, Long> askedByMethod() {
    return livekit.asked().stream()
        .collect(Collectors.groupingBy(LiveKitDouble.Asked::method, Collectors.counting()));
  }

  @Test
  void of_many_rooms_those_not_looked_at_for_long_come_first() throws Exception {
    int many = People.ROOMS_MAX + 100;
    for (int i = 0; i < many; i++) {
      livekit.rooms.open("many " + i);
    }
    scene.passes(1);
    List<String> left = new ArrayList<>(livekit.rooms().keySet());
    left.removeAll(looked());
    assertEquals(100, left.size());
    livekit.works();
    scene.passes(1);
    List<String> second = looked();

    assertEquals(People.ROOMS_MAX, second.size());
    assertTrue(second.containsAll(left), "those of the first pass that were left out");
  }

  private List<String> looked() {
    return livekit.asked().stream()
        .filter(asked -> asked.method().equals("ListParticipants"))
        .map(asked -> asked.message().path("room").asText())
        .toList();
  }

  @Test
  void secrets_of_a_listing_are_overwritten() throws Exception {
    ObjectNode room = livekit.rooms.open("secret").put("turn_password", "very-secret");
    scene.passes(1);
    assertEquals(
        "0",
        Tables.text(
            database,
            "select count(*) from webhook_events"
                + " where provider = 'reconciler' and position('very-secret' in"
                + " convert_from(body, 'UTF8')) > 0"));
    assertEquals(List.of("room_listed"), scene.findings(room));
  }

  @Test
  void events_are_told_by_whom() throws Exception {
    ObjectNode room = livekit.rooms.open("told");
    scene.passes(1);
    scene.post(Webhooks.roomStarted(sid(room), "told", Scene.AT * 1000 + 123, Scene.AT));
    assertEquals(
        List.of("livekit room_started", "reconciler room_listed"),
        Tables.texts(
            database,
            "select provider || ' ' || event from webhook_events where room_sid = ?"
                + " and (id like 'RC\\_%' or id like 'EV\\_%') order by 1",
            sid(room)));
  }
}
