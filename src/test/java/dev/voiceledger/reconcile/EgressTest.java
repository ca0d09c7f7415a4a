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
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A recording whose end nobody told has one all the same. */
@QuarkusTest
@WithTestResource(FreshDatabase.class)
@WithTestResource(LiveKitDouble.class)
class EgressTest {
  @TestHTTPResource URI base;
  @Inject ReconcilerThread thread;
  LiveKitDouble livekit;
  TestDatabase database;
  private Scene scene;
  private ObjectNode room;

  @BeforeEach
  void begin() {
    scene = new Scene(livekit, database, thread.sources(), base);
    room = scene.room("recorded");
  }

  private void started(String egressId) {
    scene.post(
        Webhooks.egress(
            "egress_started", sid(room), "recorded", egressId, "EGRESS_STARTING", AT + 2));
  }

  private Map<String, String> recording(String egressId) {
    return scene.rows(room).get("recording " + sid(room) + " " + egressId);
  }

  @Test
  void an_end_that_never_came_is_asked_for() throws Exception {
    started("EG_1");
    ObjectNode egress = livekit.rooms.record("EG_1", sid(room), "EGRESS_COMPLETE");
    egress.put("ended_at", "1790000060000000000").put("updated_at", "1790000060000000000");
    egress
        .withArray("file_results")
        .addObject()
        .put("location", "s3://recordings/one.mp4")
        .put("duration", "58000000000")
        .put("size", "1234");

    assertEquals(1, scene.passes(1));

    assertEquals("EGRESS_COMPLETE", recording("EG_1").get("status"));
    assertEquals("s3://recordings/one.mp4", recording("EG_1").get("url"));
    assertEquals("58", recording("EG_1").get("duration_seconds"));
    assertEquals("1790000060000", recording("EG_1").get("ended_at"));
    assertEquals("s3://recordings/one.mp4", scene.call(room).get("recording_url"));
    assertEquals(0, scene.passes(3));
  }

  @Test
  void an_egress_that_nobody_announced_is_a_recording() throws Exception {
    livekit.rooms.record("EG_2", sid(room), "EGRESS_ACTIVE");
    livekit.rooms.record("EG_web", "", "EGRESS_ACTIVE");
    assertEquals(1, scene.passes(1));
    assertEquals("EGRESS_ACTIVE", recording("EG_2").get("status"));
    assertEquals(0, scene.passes(3));
  }

  @Test
  void one_that_livekit_does_not_know_is_given_up_an_hour_after_the_call() throws Exception {
    started("EG_3");
    assertEquals(0, scene.passes(2), "the call goes on");
    long now = System.currentTimeMillis() / 1000;
    scene.post(Webhooks.roomFinished(sid(room), "recorded", AT * 1000 + 123, now - 3590));
    livekit.rooms.vanish("recorded");
    assertEquals(0, scene.passes(2), "an hour is not over");
    scene.post(Webhooks.roomStarted(sid(room), "recorded", AT * 1000 + 123, now - 3700));
    Tables.write(
        database,
        "update voice_calls set end_reported_at = now() - interval '61 minutes'"
            + " where room_sid = ?",
        sid(room));

    assertEquals(0, scene.passes(1), "one look is not enough");
    assertEquals(1, scene.passes(1));

    assertEquals("EGRESS_ABORTED", recording("EG_3").get("status"));
    assertTrue(recording("EG_3").get("error").startsWith("inferred"));
    assertEquals("null", recording("EG_3").get("ended_at"));
    assertEquals(0, scene.passes(3));
  }

  /** What LiveKit says of the end beats what was concluded, and an older word does not. */
  @Test
  void a_late_end_stands_over_one_that_was_given_up() throws Exception {
    one_that_livekit_does_not_know_is_given_up_an_hour_after_the_call();
    scene.post(
        Webhooks.egress(
            "egress_updated", sid(room), "recorded", "EG_3", "EGRESS_ENDING", AT + 9_000_000));
    assertEquals("EGRESS_ABORTED", recording("EG_3").get("status"));
    scene.post(
        Webhooks.egress("egress_ended", sid(room), "recorded", "EG_3", "EGRESS_COMPLETE", AT + 3));
    assertEquals("EGRESS_COMPLETE", recording("EG_3").get("status"));
    assertEquals("null", recording("EG_3").get("error"));
  }

  @Test
  void a_livekit_without_egress_is_asked_rarely_and_calls_are_compared_all_the_same()
      throws Exception {
    started("EG_4");
    livekit.works();
    livekit.rooms.withoutEgress();
    scene.passes(1);
    livekit.rooms.vanish("recorded");

    scene.passes(5);

    long asked = livekit.asked().stream().filter(one -> one.method().equals("ListEgress")).count();
    assertEquals(1, asked);
    assertEquals("failed", scene.call(room).get("status"));
    assertEquals("EGRESS_STARTING", recording("EG_4").get("status"));
    assertNull(recording("EG_5"));
  }

  /** A listing that fails says nothing, and is asked for again at once. */
  @Test
  void egresses_that_cannot_be_listed_are_asked_for_the_next_time() throws Exception {
    started("EG_6");
    livekit.rooms.breaks("ListEgress");
    scene.passes(2);
    livekit.rooms.mends();
    livekit.rooms.record("EG_6", sid(room), "EGRESS_COMPLETE");
    assertEquals(1, scene.passes(1));
    assertEquals("EGRESS_COMPLETE", recording("EG_6").get("status"));
  }

  @Test
  void many_open_recordings_are_asked_for_in_turn() throws Exception {
    for (int i = 0; i < RowsStore.RECORDINGS_MAX + 5; i++) {
      started("EG_many_%02d".formatted(i));
    }
    livekit.works();
    scene.passes(1);
    assertEquals(RowsStore.RECORDINGS_MAX, askedById());
    scene.passes(1);
    assertEquals(RowsStore.RECORDINGS_MAX + 5, askedById());
  }

  private long askedById() {
    return livekit.asked().stream()
        .map(one -> one.message().path("egress_id").asText())
        .filter(id -> !id.isEmpty())
        .distinct()
        .count();
  }
}
