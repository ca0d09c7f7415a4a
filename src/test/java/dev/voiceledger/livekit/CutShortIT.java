package dev.voiceledger.livekit;

import static dev.voiceledger.livekit.ServiceBesideLiveKit.until;
import static dev.voiceledger.livekit.ServiceBesideLiveKit.userToken;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.voiceledger.livekit.People.Joined;
import dev.voiceledger.livekit.ServiceBesideLiveKit.Made;
import io.restassured.path.json.JsonPath;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Calls that are ended, erased or left by force while people are in them, at a real LiveKit server
 * whose webhooks come behind.
 */
class CutShortIT {
  private static ServiceBesideLiveKit both;

  private final UUID user = UUID.randomUUID();
  private final String token = userToken(user);

  @BeforeAll
  static void start() throws Exception {
    both = ServiceBesideLiveKit.start(LiveKitInstallation.orSkip(), Map.of());
  }

  @AfterAll
  static void stop() throws Exception {
    if (both != null) {
      both.close();
    }
  }

  @Test
  void end_throws_out_who_is_in() throws Exception {
    Made made = both.made(token, "{}");
    both.people.join("talker", made.ticket());
    both.callThat(token, made.id(), "active", is -> is.getString("status").equals("active"));

    JsonPath ended = both.as(token).post("/calls/{id}/end", made.id()).jsonPath();

    assertEquals("completed", ended.getString("status"));
    assertEquals("ROOM_DELETED", both.people.gone("talker"));
    assertEquals(List.of(), both.people.live(made.room()));
    JsonPath reported =
        both.callThat(
            token,
            made.id(),
            "told by LiveKit",
            is -> is.getString("end_reason").equals("room_finished"));
    assertTrue(reported.getInt("duration_seconds") >= 0);
    JsonPath again = both.as(token).post("/calls/{id}/end", made.id()).jsonPath();
    assertEquals(reported.getMap(""), again.getMap(""));
  }

  /** LiveKit would let the old token in again; the ledger does not. */
  @Test
  void who_was_removed_is_kept_out() throws Exception {
    Made made = both.made(token, "{}");
    both.people.join("troll", made.ticket());
    String join = made.ticket().participantToken();
    both.callThat(join, made.id(), "active", is -> is.getString("status").equals("active"));

    both.people.remove(made.room(), user.toString());

    assertEquals("PARTICIPANT_REMOVED", both.people.gone("troll"));
    until(
        "kept out",
        () -> both.as(join).get("/calls/{id}", made.id()).statusCode(),
        status -> status == 404);
    both.as(join).get("/calls/{id}/participants", made.room()).then().statusCode(404);
    assertEquals(made.id(), both.call(token, made.id()).getString("id"));
  }

  /** What LiveKit posts of one call of two: started, two joined, two left, finished. */
  private static final int EVENTS_OF_TWO = 6;

  /** The tables in which a call of two leaves traces, before it is erased. */
  private static final Map<String, Integer> TRACES_OF_TWO =
      Map.of(
          "voice_calls", 1,
          "call_participants", 2,
          "call_access", 2,
          "idempotency_keys", 1,
          "webhook_events", 3);

  @Test
  void of_an_erased_call_nothing_is_left_nor_comes_back() throws Exception {
    UUID guest = UUID.randomUUID();
    Made made =
        both.made(token, "{\"title\":\"A secret\",\"invited_user_ids\":[\"" + guest + "\"]}");
    Joined owner = both.people.join("teller", made.ticket());
    both.people.join(
        "listener",
        both.people.token(both.base, userToken(guest), Map.of("roomName", made.room())));
    both.callThat(token, made.id(), "two in", is -> is.getInt("participant_count") == 2);
    assertEquals(TRACES_OF_TWO, traces(made, owner));
    long late = duplicates();

    JsonPath receipt = both.as(token).delete("/calls/{id}", made.id()).jsonPath();

    assertEquals("ROOM_DELETED", both.people.gone("teller"));
    assertEquals("ROOM_DELETED", both.people.gone("listener"));
    assertEquals(1, receipt.getInt("erased.voice_calls"));
    assertEquals(2, receipt.getInt("erased.call_participants"));
    int known = receipt.getInt("erased.webhook_events");
    until("all events", () -> known + duplicates() - late, all -> all == EVENTS_OF_TWO);
    // What is written behind the ledger hears of it two seconds later.
    until("forgotten", () -> traces(made, owner), Map.of("erased_calls", 1)::equals);
    until("no name of it is left", () -> names(made, owner), Map::isEmpty);
    String join = made.ticket().participantToken();
    for (String name : List.of(made.id(), made.room(), owner.roomSid())) {
      both.as(token).get("/calls/{name}", name).then().statusCode(404);
      both.as(join).get("/calls/{name}", name).then().statusCode(404);
    }
    both.as(token).delete("/calls/{id}", made.id()).then().statusCode(404);
    assertEquals(List.of(), both.people.live(made.room()));
  }

  /** But for the log of changes, which has its id for a while, and no name: see {@link #names}. */
  private static Map<String, Integer> traces(Made made, Joined joined) {
    Map<String, Integer> found =
        Traces.of(both.database, made.id(), made.room(), joined.roomSid(), "A secret");
    found.keySet().removeIf(table -> table.startsWith("call_changes"));
    return found;
  }

  private static Map<String, Integer> names(Made made, Joined joined) {
    return Traces.of(both.database, made.room(), joined.roomSid(), "A secret");
  }

  /** How many events were answered that changed nothing, those of erased calls among them. */
  private static long duplicates() {
    return WebhookCounts.of(both.base).get("duplicate");
  }
}
