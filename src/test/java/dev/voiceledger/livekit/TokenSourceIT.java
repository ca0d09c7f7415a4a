package dev.voiceledger.livekit;

import static dev.voiceledger.livekit.ServiceBesideLiveKit.userToken;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.voiceledger.livekit.People.Joined;
import dev.voiceledger.livekit.People.Ticket;
import dev.voiceledger.livekit.ServiceBesideLiveKit.Made;
import io.restassured.path.json.JsonPath;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Calls from their making to their end: LiveKit's own clients ask the packaged service for tokens
 * and join a real LiveKit server, which posts its webhooks to the service.
 */
class TokenSourceIT {
  private static ServiceBesideLiveKit both;
  private static People people;

  private final UUID user = UUID.randomUUID();
  private final String token = userToken(user);

  @BeforeAll
  static void start() throws Exception {
    both = ServiceBesideLiveKit.start(LiveKitInstallation.orSkip(), Map.of());
    people = both.people;
  }

  @AfterAll
  static void stop() throws Exception {
    if (both != null) {
      both.close();
    }
  }

  private Made made(String body) {
    return both.made(token, body);
  }

  private Ticket ticket(Map<String, ?> options) throws Exception {
    return people.token(both.base, token, options);
  }

  @Test
  void a_made_call_and_the_webhooks_of_its_room_are_one_row() throws Exception {
    UUID guest = UUID.randomUUID();
    Made made = made("{\"title\":\"Refund\",\"invited_user_ids\":[\"" + guest + "\"]}");
    assertEquals("pending", both.call(token, made.id()).getString("status"));

    Joined owner = people.join("owner", made.ticket());
    people.join(
        "guest", people.token(both.base, userToken(guest), Map.of("roomName", made.room())));
    JsonPath call =
        both.callThat(token, made.id(), "two in", is -> is.getInt("participant_count") == 2);

    assertEquals(owner.roomSid(), call.getString("session_id"));
    assertEquals(call.getMap(""), both.call(token, owner.roomSid()).getMap(""));
    assertEquals(call.getMap(""), both.call(userToken(guest), made.room()).getMap(""));
    assertEquals("active", call.getString("status"));
    assertEquals("Refund", call.getString("title"));
    assertEquals(user.toString(), call.getString("user_id"));
    assertEquals(1, Traces.rows(both.database, "voice_calls", made.room()));
    assertEquals(Set.of(user.toString(), guest.toString()), Set.copyOf(userIds(made)));

    people.leave("owner");
    people.leave("guest");
    JsonPath over =
        both.callThat(token, made.id(), "completed", is -> is.getString("ended_at") != null);
    assertEquals("completed", over.getString("status"));
    assertEquals("room_finished", over.getString("end_reason"));
    assertTrue(over.getInt("duration_seconds") >= 0);
    assertEquals(2, over.getInt("participant_count"));
  }

  /** Each of them is told as the user that the identity names. */
  private List<String> userIds(Made made) {
    JsonPath found = both.as(token).get("/calls/{id}/participants", made.id()).jsonPath();
    List<String> users = found.getList("data.user_id");
    assertEquals(found.getList("data.participant_identity"), users);
    return users;
  }

  @Test
  void whoever_asks_for_nothing_gets_a_room_of_their_own() throws Exception {
    Joined first = people.join("first", ticket(Map.of()));
    Joined second = people.join("second", ticket(Map.of()));

    assertEquals(user.toString(), first.identity());
    assertTrue(first.room().matches("vl_\\w{22}"), first.room());
    assertFalse(first.room().equals(second.room()));
    both.callThat(token, first.roomSid(), "active", is -> is.getString("status").equals("active"));
    // LiveKit itself offers each room to the agents that were started without a name.
    assertEquals(List.of(""), people.dispatches(first.room()).findValuesAsText("agentName"));
  }

  @Test
  void a_room_that_is_named_is_entered_and_not_made_twice() throws Exception {
    String room = "support-" + UUID.randomUUID();
    Map<String, ?> options =
        Map.of(
            "roomName",
            room,
            "participantName",
            "Ann Ångström",
            "participantMetadata",
            "{\"seat\":7}",
            "participantAttributes",
            Map.of("team", "blue", "é", "ü"));

    Joined desk = people.join("desk", ticket(options));
    Joined phone =
        people.join(
            "phone", ticket(Map.of("roomName", room, "participantIdentity", user + ":phone")));
    JsonPath call = both.callThat(token, room, "two in", is -> is.getInt("participant_count") == 2);

    assertEquals(room, desk.room());
    assertEquals(desk.roomSid(), phone.roomSid());
    assertEquals(desk.roomSid(), call.getString("room_sid"));
    assertEquals(1, Traces.rows(both.database, "voice_calls", room));
    JsonPath found = both.as(token).get("/calls/{id}/participants", room).jsonPath();
    assertEquals(List.of(user.toString(), user.toString()), found.getList("data.user_id"));
    Map<String, Object> ann =
        found.getMap("data.find { it.participant_identity == '" + user + "' }");
    assertEquals("Ann Ångström", ann.get("participant_name"));
    assertEquals("{\"seat\":7}", ann.get("metadata"));
    assertEquals(Map.of("team", "blue", "é", "ü"), ann.get("attributes"));
  }

  @Test
  void an_agent_that_is_named_is_sent_for() throws Exception {
    Map<String, ?> agent = Map.of("agentName", "support", "agentMetadata", "{\"lang\":\"de\"}");
    Joined joined = people.join("caller", ticket(agent));

    assertIsSentFor(joined.room());
    JsonPath call = both.call(token, joined.room());
    assertEquals("support", call.getString("agent_name"));
    assertFalse(call.getBoolean("ai_agent_used"), "none has come");

    Made made =
        made("{\"agent_name\":\"support\",\"agent_metadata\":\"{\\\"lang\\\":\\\"de\\\"}\"}");
    assertIsSentFor(made.room());
  }

  private static void assertIsSentFor(String room) throws Exception {
    JsonNode sentFor = people.dispatches(room);
    assertEquals(1, sentFor.size(), sentFor.toString());
    assertEquals("support", sentFor.at("/0/agentName").asText());
    assertEquals("{\"lang\":\"de\"}", sentFor.at("/0/metadata").asText());
  }

  @Test
  void a_join_token_reads_its_call_and_no_other() throws Exception {
    Made mine = made("{}");
    Made other = made("{}");
    Joined joined = people.join("reader", mine.ticket());
    String join = mine.ticket().participantToken();

    for (String name : List.of(mine.id(), mine.room(), joined.roomSid())) {
      assertEquals(mine.id(), both.call(join, name).getString("id"));
    }
    both.as(join).get("/calls/{id}/participants", mine.id()).then().statusCode(200);
    for (String name : List.of(other.id(), other.room(), UUID.randomUUID().toString())) {
      both.as(join).get("/calls/{name}", name).then().statusCode(404);
    }
    both.as(join).get("/calls").then().statusCode(403);
    both.as(join).post("/calls/{id}/end", mine.id()).then().statusCode(403);
  }
}
