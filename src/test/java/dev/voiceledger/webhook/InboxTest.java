package dev.voiceledger.webhook;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.nullValue;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.voiceledger.FreshDatabase;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import io.restassured.response.ValidatableResponse;
import io.restassured.specification.RequestSpecification;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The raw inbox as operators see it: {@code GET /api/v1/webhook-events} and replay. */
@QuarkusTest
@WithTestResource(FreshDatabase.class)
class InboxTest {
  private static final long AT = 1_790_000_000L;

  @TestHTTPResource URI base;

  @ParameterizedTest
  @ValueSource(strings = {"admin", "service_role"})
  void operators_see_what_came(String role) {
    Webhooks event = Webhooks.roomStarted("RM_inbox" + role, "inbox", AT * 1000, AT);
    send(event);

    ValidatableResponse answer =
        Operators.as(role).queryParam("limit", 1).get(Operators.PATH).then().statusCode(200);

    answer
        .body("data", hasSize(1))
        .body("data[0].id", equalTo(id(event)))
        .body("data[0].provider", equalTo("livekit"))
        .body("data[0].event", equalTo("room_started"))
        .body("data[0].room_sid", equalTo("RM_inbox" + role))
        .body("data[0].call_id", notNullValue())
        .body("data[0].state", equalTo("applied"))
        .body("data[0].error", nullValue())
        .body("data[0].created_at", equalTo("2026-09-21T14:13:20.000Z"))
        .body("data[0].received_at", notNullValue())
        .body("data[0].applied_at", notNullValue());
  }

  @Test
  void users_and_strangers_see_nothing() {
    assertProblem(Operators.as("authenticated").get(Operators.PATH), 403, "forbidden");
    assertProblem(given().get(Operators.PATH), 401, "unauthorized");
    assertProblem(Operators.as("anon").get(Operators.PATH), 401, "unauthorized");
    assertProblem(withHeader("Bearer none").get(Operators.PATH), 401, "unauthorized");
    String webhookToken = "Bearer " + LiveKitSender.sign(new byte[0]);
    assertProblem(withHeader(webhookToken).get(Operators.PATH), 401, "unauthorized");
  }

  @Test
  void users_and_strangers_replay_nothing() {
    String path = Operators.PATH + "/EV_1/replay";
    assertProblem(Operators.as("authenticated").post(path), 403, "forbidden");
    assertProblem(given().post(path), 401, "unauthorized");
    assertProblem(Operators.as("admin").post(path), 404, "not-found");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "limit=0",
        "limit=-1",
        "limit=201",
        "limit=many",
        "limit=99999999999",
        "state=lost",
        "cursor=none",
        "cursor=%00",
        "cursor=AAAA"
      })
  void what_a_list_cannot_take_is_said(String query) {
    Response answer = Operators.as("admin").get(Operators.PATH + "?" + query);
    assertProblem(answer, 400, "invalid-fields");
    assertEquals(query.substring(0, query.indexOf('=')), answer.<String>path("errors[0].pointer"));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 200})
  void the_bounds_of_the_limit_are_good(int limit) {
    Operators.as("admin").queryParam("limit", limit).get(Operators.PATH).then().statusCode(200);
  }

  /** Sent together, many have one received_at: the time alone does not part the pages. */
  @Test
  void pages_neither_skip_nor_repeat_while_more_comes_in() {
    List<Webhooks> events = new ArrayList<>();
    for (int i = 0; i < 240; i++) {
      events.add(Webhooks.event("a_paged_event", "RM_paged" + i, "inbox", AT));
    }
    Senders livekit = new Senders(base);
    livekit.send(livekit.requests(events), 64);
    List<String> seen = new ArrayList<>();
    String cursor = null;
    do {
      RequestSpecification page =
          Operators.as("admin").queryParam("limit", 7).queryParam("event", "a_paged_event");
      Response answer =
          (cursor == null ? page : page.queryParam("cursor", cursor)).get(Operators.PATH);
      seen.addAll(answer.path("data.id"));
      cursor = answer.path("next_cursor");
      assertEquals(cursor != null, answer.<Boolean>path("has_more"));
      send(Webhooks.event("a_paged_event", "RM_pagedlate" + seen.size(), "inbox", AT));
    } while (cursor != null);

    assertEquals(240, seen.size());
    assertEquals(new HashSet<>(events.stream().map(InboxTest::id).toList()), new HashSet<>(seen));
  }

  @Test
  void a_total_is_given_when_asked_for() {
    send(Webhooks.event("a_counted_event", "RM_counted", "inbox", AT));
    send(Webhooks.event("a_counted_event", "RM_counted", "inbox", AT));
    RequestSpecification counted =
        Operators.as("admin").queryParam("event", "a_counted_event").queryParam("limit", 1);

    Response answer = counted.queryParam("include_total", true).get(Operators.PATH);

    assertEquals(2, (int) answer.<Integer>path("total"));
    Response without = Operators.as("admin").get(Operators.PATH);
    assertTrue(!without.asString().contains("\"total\""), without.asString());
  }

  @ParameterizedTest
  @ValueSource(strings = {"EV_a/b", "EV_%41", "EV_ä ö?#&+", "EV_;x=1"})
  void an_event_of_any_id_can_be_replayed(String id) {
    Webhooks event = Webhooks.event("an_odd_id", "RM_oddid", "inbox", AT).id(id);
    send(event);

    Response answer = Operators.replay(id);

    assertEquals(200, answer.statusCode(), answer.asString());
    assertEquals(id, answer.<String>path("id"));
    assertEquals("ignored", answer.<String>path("state"));
  }

  @Test
  void a_body_without_an_id_can_be_replayed_too() {
    new LiveKitSender(base)
        .post("{\"event\":\"no_id\"}".getBytes(java.nio.charset.StandardCharsets.UTF_8));
    String id =
        Operators.as("admin").queryParam("event", "no_id").get(Operators.PATH).path("data[0].id");

    assertTrue(id.startsWith("sha256:"), id);
    assertEquals("ignored", Operators.replay(id).<String>path("state"));
  }

  private static void assertProblem(Response answer, int status, String type) {
    assertEquals(status, answer.statusCode(), answer.asString());
    assertTrue(answer.contentType().startsWith("application/problem+json"), answer.contentType());
    assertEquals("urn:voiceledger:problem:" + type, answer.<String>path("type"));
    assertEquals(status, (int) answer.<Integer>path("status"));
  }

  private static RequestSpecification withHeader(String authorization) {
    return given().header("Authorization", authorization);
  }

  private void send(Webhooks event) {
    assertEquals(200, new LiveKitSender(base).post(event));
  }

  private static String id(Webhooks event) {
    return event.json().get("id").textValue();
  }
}
