package dev.voiceledger.reconcile;

import static dev.voiceledger.reconcile.Scene.AT;
import static dev.voiceledger.reconcile.Scene.sid;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.voiceledger.FreshDatabase;
import dev.voiceledger.TestDatabase;
import dev.voiceledger.livekit.LiveKitDouble;
import dev.voiceledger.livekit.RoomsInMemory;
import dev.voiceledger.webhook.Webhooks;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who is in a room by LiveKit is in the call by the rows, and as LiveKit has them. */
@QuarkusTest
@WithTestResource(FreshDatabase.class)
@WithTestResource(LiveKitDouble.class)
class PeopleTest {
  @TestHTTPResource URI base;
  @Inject ReconcilerThread thread;
  LiveKitDouble livekit;
  TestDatabase database;
  private Scene scene;
  private ObjectNode room;

  @BeforeEach
  void begin() {
    scene = new Scene(livekit, database, thread.sources(), base);
    room = scene.room("people");
  }

  @Test
  void who_is_gone_left_when_last_listed() throws Exception {
    ObjectNode ada = scene.person(room, "ada");
    ObjectNode bob = scene.person(room, "bob");
    scene.passes(1);
    final long listed = scene.listed(room, "people");

    livekit.rooms.leave("people", "ada");
    assertEquals(0, scene.passes(1));
    assertEquals("null", scene.person(room, ada).get("left_at"), "one listing is not enough");
    assertEquals(1, scene.passes(1));

    assertEquals(Long.toString(listed), scene.person(room, ada).get("left_at"));
    assertEquals("null", scene.person(room, bob).get("left_at"));
    assertEquals("active", scene.call(room).get("status"));
    assertEquals(0, scene.passes(3));
  }

  @Test
  void who_was_never_listed_left_at_the_last_that_was_said_of_them() throws Exception {
    ObjectNode ada = scene.person(room, "ada");
    scene.post(Webhooks.track("track_published", sid(room), "people", sid(ada), "ada", AT + 7));
    livekit.rooms.leave("people", "ada");

    scene.passes(2);

    assertEquals(Long.toString((AT + 7) * 1000), scene.person(room, ada).get("left_at"));
  }

  @Test
  void a_reported_leaving_stands_over_one_that_was_found() throws Exception {
    ObjectNode ada = scene.person(room, "ada");
    livekit.rooms.leave("people", "ada");
    scene.passes(2);

    long joined = AT * 1000 + 1456;
    scene.post(
        Webhooks.participant(
            "participant_left", sid(room), "people", sid(ada), "ada", joined, AT + 50));

    assertEquals(Long.toString((AT + 50) * 1000), scene.person(room, ada).get("left_at"));
    assertEquals("CLIENT_INITIATED", scene.person(room, ada).get("disconnect_reason"));
  }

  @Test
  void who_is_there_after_all_is_there() throws Exception {
    ObjectNode ada = scene.person(room, "ada");
    livekit.rooms.leave("people", "ada");
    scene.passes(2);

    livekit.rooms.join("people", "ada").setAll(ada);
    assertEquals(1, scene.passes(1));

    assertEquals("null", scene.person(room, ada).get("left_at"));
    assertEquals(0, scene.passes(2));
  }

  @Test
  void who_comes_again_is_another_participant() throws Exception {
    ObjectNode first = scene.person(room, "ada");
    ObjectNode second = livekit.rooms.join("people", "ada");

    scene.passes(2);

    assertEquals("" + (AT * 1000 + 1456), scene.person(room, first).get("left_at"));
    assertEquals("null", scene.person(room, second).get("left_at"));
    assertEquals("1", scene.call(room).get("participant_count"));
  }

  @Test
  void somebody_is_muted_whose_microphones_all_are() throws Exception {
    ObjectNode ada = scene.person(room, "ada");
    assertEquals(0, scene.passes(1), "who has none is not muted");
    final ObjectNode one = RoomsInMemory.microphone(ada).put("muted", true);
    scene.passes(1);
    assertEquals("t", scene.person(room, ada).get("is_muted"));
    final ObjectNode other = RoomsInMemory.microphone(ada);
    scene.passes(1);
    assertEquals("f", scene.person(room, ada).get("is_muted"));
    other.put("muted", true);
    RoomsInMemory.microphone(ada).put("source", "CAMERA").put("muted", false);
    Thread.sleep(1001); // of two listings in one second the later holds too; webhooks are coarser
    assertEquals(1, scene.passes(1));
    assertEquals("t", scene.person(room, ada).get("is_muted"));
    one.put("muted", false);
    scene.passes(1);
    assertEquals("f", scene.person(room, ada).get("is_muted"));
    assertEquals(0, scene.passes(3));
  }

  @Test
  void name_kind_metadata_and_attributes_are_as_listed_last() throws Exception {
    ObjectNode ada = scene.person(room, "ada");
    ada.put("name", "Ada L.").put("metadata", "\"quoted\"").put("kind", "SIP");
    ada.withObject("/attributes").put("sip.callStatus", "active").put("ü", "\u0001");

    assertEquals(1, scene.passes(1));

    assertEquals("Ada L.", scene.person(room, ada).get("participant_name"));
    assertEquals("\"quoted\"", scene.person(room, ada).get("metadata"));
    assertEquals("SIP", scene.person(room, ada).get("kind"));
    assertEquals("{sip.callStatus=active, ü=\u0001}", scene.person(room, ada).get("attributes"));
    ada.withObject("/attributes").remove("ü");
    assertEquals(1, scene.passes(1));
    assertEquals("{sip.callStatus=active}", scene.person(room, ada).get("attributes"));
    assertEquals(0, scene.passes(3));
  }

  @Test
  void whoever_is_not_active_has_not_joined() throws Exception {
    ObjectNode joining = livekit.rooms.join("people", "ada").put("state", "JOINING");
    ObjectNode joined = livekit.rooms.join("people", "bob").put("state", "JOINED");
    ObjectNode out = livekit.rooms.join("people", "cid").put("state", "DISCONNECTED");

    assertEquals(0, scene.passes(3));

    for (ObjectNode nobody : List.of(joining, joined, out)) {
      assertNull(scene.person(room, nobody));
    }
  }

  @Test
  void who_is_just_coming_is_left_to_the_webhook() throws Exception {
    scene.grace(Duration.ofSeconds(10));
    String now = Long.toString(System.currentTimeMillis());
    ObjectNode ada = livekit.rooms.join("people", "ada").put("joined_at_ms", now);
    assertEquals(0, scene.passes(2));
    assertNull(scene.person(room, ada));
  }

  /** ListParticipants knows rooms by name alone. */
  @Test
  void people_of_a_room_that_took_the_name_meanwhile_are_not_of_this_call() throws Exception {
    livekit.rooms.before(
        "ListParticipants",
        () -> {
          livekit.rooms.vanish("people");
          livekit.rooms.open("people");
          livekit.rooms.join("people", "eve");
        });

    scene.passes(1);

    assertEquals(0, scene.rows(room).keySet().stream().filter(Scene::isPerson).count());
  }

  /** However often the count begins anew, a listing that lacked them does not show them alive. */
  @Test
  void who_was_missing_was_last_seen_before() throws Exception {
    ObjectNode ada = scene.person(room, "ada");
    scene.passes(1);
    final long listed = scene.listed(room, "people");
    livekit.rooms.leave("people", "ada");
    for (int i = 0; i < 3; i++) {
      scene.passes(1);
      scene.grace(Duration.ZERO); // another replica has the turn
    }
    scene.passes(2);
    assertEquals(Long.toString(listed), scene.person(room, ada).get("left_at"));
  }

  @Test
  void who_was_heard_of_since_is_not_gone() throws Exception {
    ObjectNode ada = scene.person(room, "ada");
    livekit.rooms.leave("people", "ada");
    scene.passes(1);
    long later = Instant.now().getEpochSecond() + 2;
    scene.post(Webhooks.track("track_published", sid(room), "people", sid(ada), "ada", later));
    assertEquals(0, scene.passes(1));
    assertEquals("null", scene.person(room, ada).get("left_at"));
  }
}
