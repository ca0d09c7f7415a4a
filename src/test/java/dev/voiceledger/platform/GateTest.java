package dev.voiceledger.platform;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.equalTo;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.voiceledger.FreshDatabase;
import dev.voiceledger.TestDatabase;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What is refused before any resource, and what strangers may ask as often as they like. */
@QuarkusTest
@WithTestResource(FreshDatabase.class)
class GateTest {
  private static final String EVENTS = "/api/v1/webhook-events";
  private static final String SESSIONS =
      "select sessions from pg_stat_database where datname = current_database()";

  TestDatabase database;

  @Test
  void a_body_that_no_route_takes_is_413_in_our_words() {
    given()
        .body(new byte[300 * 1024])
        .post(EVENTS + "/EV_x/replay")
        .then()
        .statusCode(413)
        .contentType(Problem.MEDIA_TYPE)
        .body("type", equalTo("urn:voiceledger:problem:body-too-large"));
  }

  @Test
  void what_postgresql_cannot_hold_is_the_callers_to_change() {
    given()
        .urlEncodingEnabled(false)
        .get(EVENTS + "?event=%00")
        .then()
        .statusCode(400)
        .body("type", equalTo("urn:voiceledger:problem:invalid-fields"));
    given()
        .urlEncodingEnabled(false)
        .post(EVENTS + "/a%00b/replay")
        .then()
        .statusCode(404)
        .body("type", equalTo("urn:voiceledger:problem:not-found"));
  }

  @Test
  void many_who_ask_for_readiness_cost_the_database_few_connections() throws SQLException {
    given().get("/q/health/ready").then().statusCode(200);
    long before = sessions();

    IntStream.range(0, 300)
        .parallel()
        .forEach(i -> given().get("/q/health/ready").then().statusCode(200));

    long opened = sessions() - before;
    assertTrue(opened < 100, opened + " connections for 300 questions");
  }

  private long sessions() throws SQLException {
    try (var connection = database.superuser();
        ResultSet rows = connection.createStatement().executeQuery(SESSIONS)) {
      rows.next();
      return rows.getLong(1);
    }
  }
}
