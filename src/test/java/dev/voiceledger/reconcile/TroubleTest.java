package dev.voiceledger.reconcile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.voiceledger.FreshDatabase;
import dev.voiceledger.TestDatabase;
import dev.voiceledger.history.Tables;
import dev.voiceledger.ledger.LedgerUnavailable;
import dev.voiceledger.livekit.LiveKitDouble;
import dev.voiceledger.livekit.LiveKitFailure;
import dev.voiceledger.schema.TwoSessions;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.net.URI;
import java.sql.Connection;
import java.time.Duration;
import java.util.Map;
import java.util.SortedMap;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** However LiveKit fails, it is nobody's end; and when it is back, two listings are. */
@QuarkusTest
@WithTestResource(FreshDatabase.class)
@WithTestResource(LiveKitDouble.class)
class TroubleTest {
  private static final Map<String, Consumer<LiveKitDouble>> TROUBLES =
      Map.ofEntries(
          Map.entry("down", LiveKitDouble::down),
          Map.entry("slow", livekit -> livekit.slow(Duration.ofSeconds(6))),
          Map.entry("500", livekit -> livekit.answers(500, "{\"code\":\"internal\"}")),
          Map.entry("401", livekit -> livekit.answers(401, "invalid token")),
          Map.entry("404", livekit -> livekit.answers(404, "{\"code\":\"not_found\"}")),
          Map.entry("503", livekit -> livekit.answers(503, "")),
          Map.entry("garbage", livekit -> livekit.answers(200, "<html>")),
          Map.entry("nothing", livekit -> livekit.answers(200, "{}")),
          Map.entry("null", livekit -> livekit.answers(200, "{\"rooms\":null}")),
          Map.entry("half", livekit -> livekit.answers(200, "{\"rooms\":[")),
          Map.entry("no sid", livekit -> livekit.answers(200, "{\"rooms\":[{\"name\":\"x\"}]}")),
          Map.entry(
              "no time",
              livekit ->
                  livekit.answers(
                      200, "{\"rooms\":[{\"sid\":\"RM_x\",\"creation_time\":\"soon\"}]}")),
          Map.entry("broken off", LiveKitDouble::breaksOff),
          Map.entry("hung up", LiveKitDouble::hangsUp),
          Map.entry("huge", LiveKitDouble::hugeAnswers));

  @TestHTTPResource URI base;
  @Inject ReconcilerThread thread;
  LiveKitDouble livekit;
  TestDatabase database;
  private Scene scene;
  private ObjectNode room;

  @BeforeEach
  void begin() {
    scene = new Scene(livekit, database, thread.sources(), base);
    room = scene.room("troubled");
    scene.person(room, "ada");
  }

  @AfterEach
  void mend() {
    livekit.works();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "down",
        "slow",
        "500",
        "401",
        "404",
        "503",
        "garbage",
        "nothing",
        "null",
        "half",
        "no sid",
        "no time",
        "broken off",
        "hung up",
        "huge"
      })
  void a_listing_that_failed_says_nothing(String trouble) throws Exception {
    scene.passes(1);
    final SortedMap<String, SortedMap<String, String>> before = scene.rows(room);
    TROUBLES.get(trouble).accept(livekit);
    for (int i = 0; i < 3; i++) {
      assertThrows(LiveKitFailure.class, () -> scene.passes(1));
    }
    assertEquals(before, scene.rows(room));

    livekit.works();
    livekit.rooms.crash();
    assertEquals(0, scene.passes(1), "the first after a failure");
    assertEquals(1, scene.passes(1));
    assertEquals("reconciled", scene.call(room).get("end_reason"));
  }

  @Test
  void a_failure_between_two_listings_makes_them_no_two_in_a_row() throws Exception {
    livekit.rooms.vanish("troubled");
    scene.passes(1);
    livekit.answers(500, "");
    assertThrows(LiveKitFailure.class, () -> scene.passes(1));
    livekit.works();
    assertEquals(0, scene.passes(1));
    assertEquals("active", scene.call(room).get("status"));
    assertEquals(1, scene.passes(1));
  }

  /** Rooms are compared though their people cannot be. */
  @Test
  void people_who_cannot_be_listed_stay_where_they_are() throws Exception {
    ObjectNode other = scene.room("other");
    scene.passes(1);
    livekit.rooms.leave("troubled", "ada");
    livekit.rooms.breaks("ListParticipants");
    ObjectNode unannounced = livekit.rooms.open("unannounced");
    for (int i = 0; i < 3; i++) {
      assertThrows(LiveKitFailure.class, () -> scene.passes(1));
    }
    assertEquals("1", scene.call(room).get("participant_count"));
    assertEquals("active", scene.call(room).get("status"));
    assertEquals("pending", scene.call(other).get("status"));
    assertEquals("pending", scene.call(unannounced).get("status"));
    livekit.rooms.mends();
    assertEquals(0, scene.passes(1));
    assertEquals(1, scene.passes(1));
  }

  @Test
  void a_crash_of_livekit_ends_what_was_there_and_nothing_of_what_comes_after() throws Exception {
    ObjectNode second = scene.room("second");
    scene.person(second, "bob");
    scene.passes(1);
    livekit.rooms.crash();
    ObjectNode again = livekit.rooms.open("troubled");
    livekit.rooms.join("troubled", "ada");

    scene.passes(2);

    assertEquals("completed", scene.call(room).get("status"));
    assertEquals("completed", scene.call(second).get("status"));
    assertEquals("active", scene.call(again).get("status"));
    assertEquals(0, scene.passes(2));
  }

  /** Its people stay where they are, and nobody else's. */
  @Test
  void a_room_that_cannot_be_listed_costs_the_others_nothing() throws Exception {
    for (int i = 0; i < 9; i++) {
      scene.person(scene.room("other " + i), "bob");
    }
    ObjectNode over = scene.room("over");
    scene.person(over, "cid");
    scene.passes(1);
    livekit.rooms.breaks("ListParticipants", "troubled");
    livekit.rooms.leave("troubled", "ada");
    livekit.rooms.leave("other 8", "bob");
    livekit.rooms.vanish("over");
    scene.passes(2);
    assertEquals("reconciled", scene.call(over).get("end_reason"));
    assertEquals("1", left("other 8"));
    assertEquals("0", left("troubled"));
    livekit.rooms.mends();
    scene.passes(2);
    assertEquals("1", left("troubled"));
  }

  private String left(String room) {
    return Tables.text(
        database,
        "select count(p.left_at) from call_participants p join voice_calls c on c.id = p.call_id"
            + " where c.room_name = ?",
        room);
  }

  /** Somebody's transaction that was forgotten, or one that takes long. */
  @Test
  void a_call_that_is_held_costs_the_others_nothing() throws Exception {
    ObjectNode over = scene.room("over");
    scene.person(over, "cid");
    scene.passes(1);
    livekit.rooms.crash();
    scene.passes(1);
    try (Connection holds = database.superuser()) {
      holds.setAutoCommit(false);
      TwoSessions.execute(
          holds, "select from voice_calls where room_sid = '" + Scene.sid(room) + "' for update");
      assertThrows(LedgerUnavailable.class, () -> scene.passes(1));
      assertEquals("reconciled", scene.call(over).get("end_reason"));
      assertEquals("active", scene.call(room).get("status"));
      holds.rollback();
    }
    Thread.sleep(1_000); // a call that was held is refused for a second
    scene.passes(1);
    assertEquals("reconciled", scene.call(room).get("end_reason"));
  }
}
