package dev.voiceledger.reconcile;

import static dev.voiceledger.reconcile.Scene.AT;
import static dev.voiceledger.reconcile.Scene.sid;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.voiceledger.FreshDatabase;
import dev.voiceledger.TestDatabase;
import dev.voiceledger.history.Tables;
import dev.voiceledger.livekit.LiveKitDouble;
import dev.voiceledger.webhook.Webhooks;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What becomes of calls whose rooms LiveKit no longer has, or has without having said so. */
@QuarkusTest
@WithTestResource(FreshDatabase.class)
@WithTestResource(LiveKitDouble.class)
class RoomsTest {
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
  void a_room_that_is_gone_was_over_when_it_was_last_listed() throws Exception {
    ObjectNode room = scene.room("gone");
    ObjectNode ada = scene.person(room, "ada");
    scene.passes(1);
    final long listed = scene.listed(room, "room");

    livekit.rooms.vanish("gone");
    assertEquals(0, scene.passes(1));
    assertEquals("active", scene.call(room).get("status"), "one listing is not enough");
    assertEquals(1, scene.passes(1));

    assertEquals("completed", scene.call(room).get("status"));
    assertEquals("reconciled", scene.call(room).get("end_reason"));
    assertEquals(Long.toString(listed), scene.call(room).get("ended_at"));
    assertEquals(Long.toString(listed), scene.person(room, ada).get("left_at"));
    assertEquals(List.of("room_gone"), scene.findings(room));
    assertEquals(0, scene.passes(3));
  }

  @Test
  void a_room_that_was_never_listed_was_over_at_the_last_that_was_said_of_it() throws Exception {
    ObjectNode room = scene.room("unseen");
    ObjectNode ada = scene.person(room, "ada");
    scene.post(
        Webhooks.participant(
            "participant_left", sid(room), "unseen", sid(ada), "ada", AT * 1000 + 1456, AT + 60));
    livekit.rooms.vanish("unseen");

    scene.passes(2);

    assertEquals(Long.toString((AT + 60) * 1000), scene.call(room).get("ended_at"));
    assertEquals("58", scene.call(room).get("duration_seconds"));
  }

  @Test
  void a_room_that_nobody_entered_failed() throws Exception {
    ObjectNode room = scene.room("empty");
    livekit.rooms.vanish("empty");

    scene.passes(2);

    assertEquals("failed", scene.call(room).get("status"));
    assertEquals("never_connected", scene.call(room).get("end_reason"));
  }

  @Test
  void a_room_that_nobody_announced_is_a_call_with_its_people() throws Exception {
    ObjectNode room = livekit.rooms.open("unannounced").put("metadata", "as listed");
    ObjectNode agent =
        livekit.rooms.join("unannounced", "agent-1").put("kind", "AGENT").put("name", "Ann");
    agent.withObject("/attributes").put("a", "1");

    assertEquals(2, scene.passes(1));

    assertEquals("active", scene.call(room).get("status"));
    assertEquals("unannounced", scene.call(room).get("room_name"));
    assertEquals("as listed", scene.call(room).get("room_metadata"));
    assertEquals(Long.toString(AT * 1000 + 123), scene.call(room).get("started_at"));
    assertEquals(Long.toString(AT * 1000 + 1456), scene.call(room).get("connected_at"));
    assertEquals("agent-1", scene.call(room).get("agent_name"));
    assertEquals("Ann", scene.person(room, agent).get("participant_name"));
    assertEquals("agent", scene.person(room, agent).get("participant_type"));
    assertEquals("{a=1}", scene.person(room, agent).get("attributes"));
    assertEquals(List.of("participant_listed", "room_listed"), scene.findings(room));
    assertEquals(0, scene.passes(3));
  }

  @Test
  void metadata_that_changed_is_what_the_room_has() throws Exception {
    ObjectNode room = scene.room("renewed");
    room.put("metadata", "renewed");
    scene.passes(1);
    assertEquals("renewed", scene.call(room).get("room_metadata"));
    room.put("metadata", "");
    scene.passes(1);
    assertEquals("null", scene.call(room).get("room_metadata"));
  }

  @Test
  void a_reported_end_stands_over_one_that_was_found() throws Exception {
    ObjectNode room = scene.room("reported");
    scene.person(room, "ada");
    scene.passes(1);
    livekit.rooms.vanish("reported");
    scene.passes(2);

    scene.post(Webhooks.roomFinished(sid(room), "reported", AT * 1000 + 123, AT + 90));

    assertEquals("room_finished", scene.call(room).get("end_reason"));
    assertEquals(Long.toString((AT + 90) * 1000), scene.call(room).get("ended_at"));
  }

  @Test
  void a_room_that_lives_after_all_is_open_again() throws Exception {
    ObjectNode room = scene.room("alive");
    ObjectNode ada = scene.person(room, "ada");
    livekit.rooms.vanish("alive");
    scene.passes(2);
    assertEquals("completed", scene.call(room).get("status"));

    livekit.rooms.open("alive").setAll(room);
    livekit.rooms.join("alive", "ada").setAll(ada);
    scene.passes(1);

    assertEquals("active", scene.call(room).get("status"));
    assertEquals("null", scene.person(room, ada).get("left_at"));
    assertEquals(0, scene.passes(3));
  }

  @Test
  void a_listing_does_not_undo_a_reported_end() throws Exception {
    ObjectNode room = scene.room("finished");
    scene.post(Webhooks.roomFinished(sid(room), "finished", AT * 1000 + 123, AT + 90));

    assertEquals(0, scene.passes(2));

    assertEquals("failed", scene.call(room).get("status"));
  }

  @Test
  void a_later_room_of_the_name_is_another_call() throws Exception {
    ObjectNode first = scene.room("again");
    scene.person(first, "ada");
    livekit.rooms.vanish("again");
    ObjectNode second = livekit.rooms.open("again");
    livekit.rooms.join("again", "ada");

    scene.passes(2);

    assertEquals("completed", scene.call(first).get("status"));
    assertEquals("active", scene.call(second).get("status"));
    assertEquals(1, scene.rows(first).keySet().stream().filter(Scene::isPerson).count());
    assertEquals(1, scene.rows(second).keySet().stream().filter(Scene::isPerson).count());
  }

  @Test
  void what_is_being_made_is_left_to_its_webhooks() throws Exception {
    scene.grace(Duration.ofSeconds(10));
    ObjectNode known = scene.room("known");
    livekit.rooms.vanish("known");
    long now = System.currentTimeMillis();
    ObjectNode young = livekit.rooms.open("young").put("creation_time_ms", Long.toString(now));

    assertEquals(0, scene.passes(5));

    assertEquals("pending", scene.call(known).get("status"), "the grace is not over");
    assertNull(scene.call(young));
  }

  @Test
  void a_call_without_a_room_is_its_writers_own() throws Exception {
    Tables.write(
        database,
        "insert into voice_calls (session_id, room_name, status, connected_at)"
            + " values ('mine', 'no room', 'active', now())");
    scene.passes(3);
    assertEquals(
        "active",
        Tables.text(database, "select status from voice_calls where session_id = 'mine'"));
  }

  @Test
  void an_erased_call_stays_erased_while_its_room_lives() throws Exception {
    ObjectNode room = scene.room("erased");
    scene.person(room, "ada");
    Tables.write(database, "delete from voice_calls where room_sid = ?", sid(room));

    assertEquals(0, scene.passes(3));

    assertTrue(scene.rows(room).isEmpty());
    assertTrue(scene.findings(room).isEmpty());
  }

  @Test
  void a_list_that_is_too_long_is_asked_for_by_the_names_of_open_calls() throws Exception {
    ObjectNode gone = scene.room("gone");
    ObjectNode here = scene.room("here");
    for (int i = 0; i < 20; i++) {
      livekit.rooms.open("large " + i).put("metadata", "x".repeat(512 * 1024));
    }
    scene.room("large 7");
    livekit.rooms.vanish("gone");

    scene.passes(2);

    assertEquals("failed", scene.call(gone).get("status"));
    assertEquals("pending", scene.call(here).get("status"));
  }
}
