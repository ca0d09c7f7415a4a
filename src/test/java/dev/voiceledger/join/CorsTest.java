package dev.voiceledger.join;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.voiceledger.FreshDatabase;
import dev.voiceledger.history.People;
import dev.voiceledger.livekit.LiveKitDouble;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.RestAssured;
import io.restassured.response.Response;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A page of another origin asks for a token, as browsers do it: first whether it may. */
@QuarkusTest
@WithTestResource(FreshDatabase.class)
@WithTestResource(LiveKitDouble.class)
@TestProfile(NarrowRooms.class)
class CorsTest {
  private static final String ALLOWED = "access-control-allow-origin";
  LiveKitDouble livekit;

  @BeforeEach
  void begin() {
    livekit.works();
  }

  private static Response preflight(String origin, String method) {
    return RestAssured.given()
        .header("Origin", origin)
        .header("Access-Control-Request-Method", method)
        .header("Access-Control-Request-Headers", "authorization,content-type,idempotency-key")
        .options("/api/v1/token");
  }

  private static Response token(String origin) {
    return RestAssured.given()
        .header("Origin", origin)
        .header("Authorization", "Bearer " + People.user(People.somebody()))
        .contentType("application/json")
        .body("{}")
        .post("/api/v1/token");
  }

  @Test
  void the_origin_that_is_named_may_ask() {
    for (String method : new String[] {"POST", "PATCH", "DELETE"}) {
      Response preflight = preflight(NarrowRooms.ORIGIN, method);
      assertEquals(200, preflight.statusCode(), preflight.asString());
      assertEquals(NarrowRooms.ORIGIN, preflight.header(ALLOWED));
      assertTrue(preflight.header("access-control-allow-methods").contains(method));
      String headers = preflight.header("access-control-allow-headers").toLowerCase();
      assertTrue(headers.contains("authorization") && headers.contains("content-type"), headers);
    }
    Response answer = token(NarrowRooms.ORIGIN);
    assertEquals(201, answer.statusCode(), answer.asString());
    assertEquals(NarrowRooms.ORIGIN, answer.header(ALLOWED));
  }

  @Test
  void a_refusal_can_be_read_by_its_page_too() {
    Response answer =
        RestAssured.given()
            .header("Origin", NarrowRooms.ORIGIN)
            .contentType("application/json")
            .body("{}")
            .post("/api/v1/token");
    assertEquals(401, answer.statusCode());
    assertEquals(NarrowRooms.ORIGIN, answer.header(ALLOWED));
  }

  @Test
  void another_origin_may_not() {
    assertEquals(null, preflight("https://evil.example.org", "POST").header(ALLOWED));
    assertEquals(null, token("https://evil.example.org").header(ALLOWED));
  }
}
