package dev.voiceledger.webhook;

import static io.restassured.RestAssured.given;

import dev.voiceledger.FreshDatabase;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import java.time.Instant;
import java.util.UUID;

/** Those who look at the inbox, and those who would like to. */
final class Operators {
  static final String PATH = "/api/v1/webhook-events";

  private Operators() {}

  /** A request of a user with this role: authenticated, admin or service_role. */
  static RequestSpecification as(String role) {
    long expires = Instant.now().getEpochSecond() + 300;
    String claims =
        "{\"role\":\"%s\",\"sub\":\"%s\",\"exp\":%d}".formatted(role, UUID.randomUUID(), expires);
    String token =
        Webhooks.jwt("{\"alg\":\"HS256\",\"typ\":\"JWT\"}", claims, FreshDatabase.JWT_SECRET);
    return given().header("Authorization", "Bearer " + token);
  }

  static Response replay(String id) {
    return as("admin").pathParam("id", id).post(PATH + "/{id}/replay");
  }
}
