package dev.voiceledger.access;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.voiceledger.FreshDatabase;
import dev.voiceledger.TestDatabase;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import java.net.URI;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Which call a name stands for, as users, admins and services see it. */
@QuarkusTest
@WithTestResource(FreshDatabase.class)
class NamedCallsTest {
  private final long now = Tokens.now();

  TestDatabase database;

  @TestHTTPResource URI base;

  private static Response ask(String token, String id) {
    return Tokens.bearer(token).pathParam("id", id).get("/asking/calls/{id}");
  }

  private static void assertFinds(String call, String token, String id) {
    Response answer = ask(token, id);
    assertEquals(200, answer.statusCode(), answer.asString());
    assertEquals(call, answer.asString().split(" ")[0]);
  }

  private static void assertNone(String token, String id) {
    Response absent = ask(token, UUID.randomUUID().toString());
    Response answer = ask(token, id);
    assertEquals(404, answer.statusCode(), answer.asString());
    assertEquals(absent.asString(), answer.asString());
  }

  private static String admin() {
    return Tokens.user(claims -> claims.put("role", "admin"));
  }

  @Test
  void a_user_finds_the_newest_call_of_a_name_that_is_hers() {
    UUID ada = UUID.randomUUID();
    new Rooms(base, "standup")
        .began("RM_mon", now - 900)
        .joined("RM_mon", ada.toString(), now - 890)
        .ended("RM_mon", now - 900, now - 800)
        .began("RM_tue", now - 600)
        .joined("RM_tue", ada.toString(), now - 590)
        .ended("RM_tue", now - 600, now - 500)
        .began("RM_wed", now - 300);
    String hers = Tokens.user(ada);
    assertFinds(Rooms.call("RM_tue"), hers, "standup");
    assertFinds(Rooms.call("RM_mon"), hers, "RM_mon");
    assertFinds(Rooms.call("RM_mon"), hers, Rooms.call("RM_mon"));
    assertNone(hers, "RM_wed");
    assertNone(hers, Rooms.call("RM_wed"));
    assertNone(Tokens.user(UUID.randomUUID()), "standup");
    assertFinds(Rooms.call("RM_wed"), admin(), "standup");
    assertFinds(Rooms.call("RM_wed"), Tokens.service(), "standup");
  }

  @Test
  void the_work_runs_as_the_caller() {
    UUID ada = UUID.randomUUID();
    new Rooms(base, "own").began("RM_own", now - 60).joined("RM_own", ada.toString(), now - 50);
    new Rooms(base, "not own").began("RM_not_own", now - 60);
    assertEquals(
        Rooms.call("RM_own") + " authenticated 1", ask(Tokens.user(ada), "own").asString());
    String[] seen = ask(Tokens.service(), "own").asString().split(" ");
    assertEquals("service_role", seen[1]);
    assertTrue(Integer.parseInt(seen[2]) > 1);
  }

  /** Users may write rows without a room, with any session_id and any room_name. */
  @Test
  void nobodys_own_row_stands_before_a_room() {
    UUID ada = UUID.randomUUID();
    UUID eve = UUID.randomUUID();
    new Rooms(base, "board")
        .began("RM_board", now - 900)
        .joined("RM_board", ada.toString(), now - 890);
    String row = "('%s', '%s', '%s', now(), array['%s'::uuid])";
    database.asSuperuser(
        "insert into users (id) values ('"
            + eve
            + "') on conflict do nothing;"
            + "insert into voice_calls (user_id, session_id, room_name, started_at,"
            + " invited_user_ids) values "
            + row.formatted(eve, "board", "board", ada)
            + ","
            + row.formatted(eve, "eves own", "RM_board", ada));
    for (String token : new String[] {Tokens.user(ada), admin(), Tokens.service()}) {
      assertFinds(Rooms.call("RM_board"), token, "board");
      assertFinds(Rooms.call("RM_board"), token, "RM_board");
      assertEquals(200, ask(token, "eves own").statusCode(), "by its session_id it is found");
    }
  }

  @Test
  void a_name_that_nothing_can_have_is_a_call_that_is_not_there() {
    assertNone(Tokens.service(), "x".repeat(1025));
    assertNone(Tokens.service(), "'; drop table voice_calls; --");
    assertNone(Tokens.service(), "1-1-1-1-1");
  }
}
