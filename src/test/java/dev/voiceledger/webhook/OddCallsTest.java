package dev.voiceledger.webhook;

import static org.junit.jupiter.api.Assertions.assertNull;

import dev.voiceledger.FreshDatabase;
import dev.voiceledger.TestDatabase;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import java.net.URI;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** W7: names used again, events that never came, people who never arrived. */
@QuarkusTest
@WithTestResource(FreshDatabase.class)
class OddCallsTest {
  private static final long AT = 1_790_000_000L;
  private static final long MS = AT * 1000;

  TestDatabase database;

  @TestHTTPResource URI base;

  @Test
  void a_room_name_used_again_is_another_call_and_nothing_leaks_between_them() {
    String name = "the same room";
    send(
        Webhooks.roomStarted("RM_w7.first", name, MS, AT),
        person("participant_joined", "RM_w7.first", "PA_1", "ann", 1),
        Webhooks.roomStarted("RM_w7.second", name, MS + 60_000, AT + 60),
        person("participant_joined", "RM_w7.second", "PA_2", "ann", 61),
        Webhooks.roomFinished("RM_w7.second", name, MS + 60_000, AT + 90),
        person("participant_left", "RM_w7.second", "PA_2", "ann", 80));
    assertEquals("active null 1", call("RM_w7.first"), "status", "ended_at", "participant_count");
    assertEquals(
        "completed " + (MS + 90_000) + " 1",
        call("RM_w7.second"),
        "status",
        "ended_at",
        "participant_count");

    send(Webhooks.roomFinished("RM_w7.first", name, MS, AT + 50));
    assertEquals(
        "completed " + (MS + 50_000) + " 49",
        call("RM_w7.first"),
        "status",
        "ended_at",
        "duration_seconds");
    assertEquals("" + (MS + 90_000), call("RM_w7.second"), "ended_at");
  }

  @Test
  void who_left_without_a_joining_had_joined() {
    send(person("participant_left", "RM_w7.left", "PA_1", "ann", 20));

    assertEquals(
        "active " + (MS + 7) + " 1",
        call("RM_w7.left"),
        "status",
        "connected_at",
        "participant_count");
    assertEquals(
        (MS + 7) + " " + (MS + 20_000) + " 19",
        participant("RM_w7.left", "PA_1"),
        "joined_at",
        "left_at",
        "duration_seconds");
  }

  @Test
  void who_was_aborted_never_joined() {
    send(
        Webhooks.roomStarted("RM_w7.aborted", "w7", MS, AT),
        person("participant_connection_aborted", "RM_w7.aborted", "PA_1", "ann", 5),
        Webhooks.roomFinished("RM_w7.aborted", "w7", MS, AT + 9));

    assertEquals(
        "failed never_connected null null 0",
        call("RM_w7.aborted"),
        "status",
        "end_reason",
        "connected_at",
        "duration_seconds",
        "participant_count");
    assertEquals(
        "null " + (MS + 5_000) + " null",
        participant("RM_w7.aborted", "PA_1"),
        "joined_at",
        "left_at",
        "duration_seconds");
  }

  @Test
  void a_call_that_nobody_joined_has_failed() {
    send(Webhooks.roomFinished("RM_w7.nobody", "w7", MS, AT + 300));

    assertEquals(
        "failed never_connected " + MS + " null f",
        call("RM_w7.nobody"),
        "status",
        "end_reason",
        "started_at",
        "duration_seconds",
        "ai_agent_used");
  }

  @Test
  void recorders_and_ingress_are_no_company_and_an_agent_is() {
    Webhooks hidden = person("participant_joined", "RM_w7.machines", "PA_3", "rec", 3);
    hidden.participant().putObject("permission").put("recorder", true);
    send(
        person("participant_joined", "RM_w7.machines", "PA_1", "egress", 1).kind("EGRESS"),
        person("participant_joined", "RM_w7.machines", "PA_2", "obs", 2).kind("INGRESS"),
        hidden);
    assertEquals(
        "pending null 0 f",
        call("RM_w7.machines"),
        "status",
        "connected_at",
        "participant_count",
        "ai_agent_used");

    send(person("participant_joined", "RM_w7.machines", "PA_4", "helper", 4).kind("AGENT"));
    assertEquals(
        "active " + (MS + 7) + " 1 t helper",
        call("RM_w7.machines"),
        "status",
        "connected_at",
        "participant_count",
        "ai_agent_used",
        "agent_name");
  }

  @Test
  void without_its_end_a_call_stays_open_and_so_do_those_in_it() {
    send(
        Webhooks.roomStarted("RM_w7.open", "w7", MS, AT),
        person("participant_joined", "RM_w7.open", "PA_1", "ann", 1),
        person("participant_joined", "RM_w7.open", "PA_2", "bob", 1),
        person("participant_left", "RM_w7.open", "PA_2", "bob", 8));

    assertEquals(
        "active null null null 2",
        call("RM_w7.open"),
        "status",
        "ended_at",
        "end_reason",
        "duration_seconds",
        "participant_count");
    assertEquals("null", participant("RM_w7.open", "PA_1"), "left_at");
  }

  @Test
  void who_is_still_in_when_the_call_ends_left_with_it() {
    send(
        Webhooks.roomFinished("RM_w7.with", "w7", MS, AT + 30),
        person("participant_joined", "RM_w7.with", "PA_1", "ann", 1));
    assertEquals(
        (MS + 30_000) + " null", participant("RM_w7.with", "PA_1"), "left_at", "disconnect_reason");

    send(person("participant_left", "RM_w7.with", "PA_1", "ann", 29));
    assertEquals(
        (MS + 29_000) + " CLIENT_INITIATED",
        participant("RM_w7.with", "PA_1"),
        "left_at",
        "disconnect_reason");
  }

  @Test
  void a_second_connection_of_one_identity_is_one_more_row_and_no_more_company() {
    send(
        person("participant_joined", "RM_w7.twice", "PA_1", "ann", 1),
        person("participant_joined", "RM_w7.twice", "PA_2", "ann", 2),
        person("participant_left", "RM_w7.twice", "PA_1", "ann", 3));

    assertEquals("active 1", call("RM_w7.twice"), "status", "participant_count");
    assertEquals("" + (MS + 3_000), participant("RM_w7.twice", "PA_1"), "left_at");
    assertEquals("null", participant("RM_w7.twice", "PA_2"), "left_at");
  }

  @Test
  void a_track_alone_makes_a_call_and_connects_nobody() {
    send(Webhooks.track("track_published", "RM_w7.track", "w7", "PA_1", "ann", AT));

    assertEquals(
        "pending null 0", call("RM_w7.track"), "status", "connected_at", "participant_count");
    assertEquals(
        "ann null null user",
        participant("RM_w7.track", "PA_1"),
        "participant_identity",
        "kind",
        "joined_at",
        "participant_type");
  }

  @Test
  void an_ingress_of_a_name_touches_no_call_of_that_name() {
    send(Webhooks.roomStarted("RM_w7.ingress", "a name", MS, AT));
    Webhooks ingress = Webhooks.event("ingress_ended", "", "a name", AT + 9).id("EV_w7.ingress");
    ingress.room().remove("sid");
    send(ingress);

    assertEquals("pending null", call("RM_w7.ingress"), "status", "ended_at");
    Map<String, String> row = Rows.ofInbox(database, "EV_w7.ingress").get("inbox EV_w7.ingress");
    assertEquals("ignored null", row, "state", "room_sid");
    assertNull(Sql.text(database, "select error from webhook_events where id = 'EV_w7.ingress'"));
  }

  private void send(Webhooks... events) {
    LiveKitSender livekit = new LiveKitSender(base);
    List.of(events).forEach(event -> assertEquals(200, livekit.post(event)));
  }

  private static Webhooks person(
      String event, String room, String sid, String identity, long second) {
    return Webhooks.participant(event, room, "w7", sid, identity, MS + 7, AT + second);
  }

  private Map<String, String> call(String sid) {
    return Rows.call(database, sid);
  }

  private Map<String, String> participant(String room, String sid) {
    return Rows.ofRooms(database, room).get("participant " + room + " " + sid);
  }

  private static void assertEquals(String values, Map<String, String> row, String... columns) {
    List<String> found = List.of(columns).stream().map(row::get).toList();
    org.junit.jupiter.api.Assertions.assertEquals(values, String.join(" ", found), row::toString);
  }

  private static void assertEquals(int expected, int found) {
    org.junit.jupiter.api.Assertions.assertEquals(expected, found);
  }
}
