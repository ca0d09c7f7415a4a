package dev.voiceledger.access;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.voiceledger.FreshDatabase;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import java.net.URI;
import java.util.UUID;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Which calls a LiveKit join token opens: one of its room, in its time, and nothing besides. */
@QuarkusTest
@WithTestResource(FreshDatabase.class)
class JoinTokenCallsTest {
  private static final String REMOVED = "PARTICIPANT_REMOVED";
  private static final long HOUR = 3600;

  private final long now = Tokens.now();

  @TestHTTPResource URI base;

  private Rooms room(String name) {
    return new Rooms(base, name);
  }

  private static Response ask(String token, String id) {
    return Tokens.bearer(token).pathParam("id", id).get("/asking/calls/{id}");
  }

  /** The work runs as authenticated, and of all calls it sees the one. */
  private static void assertOpens(String sid, String token, String id) {
    Response answer = ask(token, id);
    assertEquals(200, answer.statusCode(), answer.asString());
    assertEquals(Rooms.call(sid) + " authenticated 1", answer.asString());
  }

  private static void assertClosed(String token, String id) {
    Response absent = ask(Tokens.join("a room of nobody", "ada"), UUID.randomUUID().toString());
    Response answer = ask(token, id);
    assertEquals(404, answer.statusCode(), answer.asString());
    assertEquals(absent.asString(), answer.asString());
    assertEquals("urn:voiceledger:problem:call-not-found", answer.path("type"));
  }

  private static Consumer<ObjectNode> times(Long notBefore, Long issued, long expires) {
    return claims -> {
      claims.remove("nbf");
      claims.put("exp", expires);
      if (notBefore != null) {
        claims.put("nbf", notBefore);
      }
      if (issued != null) {
        claims.put("iat", issued);
      }
    };
  }

  @Test
  void it_opens_the_call_of_its_room_by_each_of_its_names() {
    room("by name").began("RM_names", now - 60);
    String token = Tokens.join("by name", "ada");
    assertOpens("RM_names", token, "by name");
    assertOpens("RM_names", token, "RM_names");
    assertOpens("RM_names", token, Rooms.call("RM_names"));
    assertOpens("RM_names", token, Rooms.call("RM_names").toUpperCase());
  }

  @Test
  void the_call_of_another_room_is_as_absent_as_none() {
    room("mine").began("RM_mine", now - 60);
    room("foreign").began("RM_foreign", now - 60).joined("RM_foreign", "ada", now - 50);
    String token = Tokens.join("mine", "ada");
    assertClosed(token, "foreign");
    assertClosed(token, "RM_foreign");
    assertClosed(token, Rooms.call("RM_foreign"));
    assertClosed(token, "no such call");
    assertClosed(token, "x".repeat(1025));
  }

  @Test
  void of_a_room_that_was_used_again_it_opens_the_newest_that_was_open_in_its_time() {
    room("again")
        .began("RM_again1", now - 3 * HOUR)
        .ended("RM_again1", now - 3 * HOUR, now - 2 * HOUR)
        .began("RM_again2", now - 30);
    String fresh = Tokens.join("again", "ada");
    assertOpens("RM_again2", fresh, "again");
    assertClosed(fresh, "RM_again1");
    String older = Tokens.join("again", "ada", times(now - 2 * HOUR - 60, null, now - 45));
    assertOpens("RM_again1", older, "again");
    assertClosed(older, "RM_again2");
  }

  @Test
  void without_nbf_its_time_begins_with_iat_and_without_both_at_no_time() {
    room("old").began("RM_old", now - 3 * HOUR).ended("RM_old", now - 3 * HOUR, now - 2 * HOUR);
    assertClosed(Tokens.join("old", "ada", times(now - 60, null, now + 60)), "old");
    assertClosed(Tokens.join("old", "ada", times(null, now - 60, now + 60)), "old");
    assertClosed(Tokens.join("old", "ada", times(now - 60, now - 3 * HOUR, now + 60)), "old");
    assertOpens("RM_old", Tokens.join("old", "ada", times(now - 2 * HOUR, null, now)), "old");
    assertOpens("RM_old", Tokens.join("old", "ada", times(null, now - 2 * HOUR, now)), "old");
    assertOpens("RM_old", Tokens.join("old", "ada", times(null, null, now)), "old");
  }

  @Test
  void a_call_that_began_after_it_expired_is_not_meant() {
    room("later").began("RM_later", now - 20);
    assertClosed(Tokens.join("later", "ada", times(now - 60, null, now - 30)), "later");
    assertOpens("RM_later", Tokens.join("later", "ada", times(now - 60, null, now - 20)), "later");
  }

  @Test
  void earlier_calls_open_only_to_who_took_part() {
    long began = now - 2 * HOUR;
    room("series")
        .began("RM_one", began)
        .left("RM_one", "ada", began + 10, began + 20, "CLIENT_INITIATED")
        .aborted("RM_one", "grace", began + 15)
        .ended("RM_one", began, began + 600)
        .began("RM_two", began + 900);
    Consumer<ObjectNode> allDay = times(now - 5 * HOUR, null, now + HOUR);
    String ada = Tokens.join("series", "ada", allDay);
    assertOpens("RM_one", ada, "RM_one");
    assertOpens("RM_two", ada, "RM_two");
    assertOpens("RM_two", ada, "series");
    for (String other : new String[] {"grace", "hedy", "ADA"}) {
      String token = Tokens.join("series", other, allDay);
      assertClosed(token, "RM_one");
      assertOpens("RM_two", token, "RM_two");
    }
  }

  @Test
  void one_that_names_its_call_opens_that_alone() {
    long began = now - 2 * HOUR;
    room("ours")
        .began("RM_ours1", began)
        .ended("RM_ours1", began, began + 60)
        .began("RM_ours2", now - 60)
        .joined("RM_ours2", "ada", now - 50);
    Consumer<ObjectNode> first = claims -> claims.put("call_id", Rooms.call("RM_ours1"));
    String token = Tokens.join("ours", "ada", first);
    assertOpens("RM_ours1", token, "ours");
    assertOpens("RM_ours1", token, "RM_ours1");
    assertClosed(token, "RM_ours2");
    assertClosed(Tokens.join("another room", "ada", first), "RM_ours1");
    assertClosed(Tokens.join("another room", "ada", first), "another room");
  }

  @Test
  void who_was_removed_stays_out_until_a_token_of_later() {
    long left = now - 100;
    room("strict")
        .began("RM_strict", now - 300)
        .left("RM_strict", "ada", now - 200, left, REMOVED)
        .left("RM_strict", "grace", now - 200, left, "CLIENT_INITIATED");
    assertClosed(Tokens.join("strict", "ada", times(now - 250, null, now + 60)), "strict");
    assertClosed(Tokens.join("strict", "ada", times(left, null, now + 60)), "strict");
    assertClosed(Tokens.join("strict", "ada", times(now - 50, left - 9, now + 60)), "strict");
    assertClosed(Tokens.join("strict", "ada", times(null, null, now + 60)), "strict");
    Consumer<ObjectNode> named = claims -> claims.put("call_id", Rooms.call("RM_strict"));
    Consumer<ObjectNode> old = times(now - 250, null, now + 60);
    assertClosed(Tokens.join("strict", "ada", named.andThen(old)), "strict");
    assertOpens(
        "RM_strict", Tokens.join("strict", "ada", times(now - 250, left + 1, now + 60)), "strict");
    assertOpens("RM_strict", Tokens.join("strict", "ada", named), "strict");
    assertOpens("RM_strict", Tokens.join("strict", "grace", old), "strict");
  }

  @Test
  void who_was_removed_from_the_newest_still_has_the_earlier_one() {
    long began = now - 2 * HOUR;
    room("both")
        .began("RM_both1", began)
        .left("RM_both1", "ada", began + 10, began + 20, "CLIENT_INITIATED")
        .ended("RM_both1", began, began + 60)
        .began("RM_both2", began + 100)
        .left("RM_both2", "ada", began + 110, began + 120, REMOVED);
    String token = Tokens.join("both", "ada", times(began - 60, null, now + 60));
    assertClosed(token, "RM_both2");
    assertOpens("RM_both1", token, "both");
  }
}
