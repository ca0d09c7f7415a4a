package dev.voiceledger.access;

import static dev.voiceledger.FreshDatabase.JWT_SECRET;
import static dev.voiceledger.FreshDatabase.LIVEKIT_API_KEY;
import static dev.voiceledger.FreshDatabase.LIVEKIT_API_SECRET;
import static io.restassured.RestAssured.given;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.voiceledger.webhook.Webhooks;
import io.restassured.specification.RequestSpecification;
import java.time.Instant;
import java.util.UUID;
import java.util.function.Consumer;

/** Bearer tokens as their issuers write them, and one change to each. */
final class Tokens {
  static final String HEADER = "{\"alg\":\"HS256\",\"typ\":\"JWT\"}";

  private Tokens() {}

  static RequestSpecification bearer(String token) {
    return given().header("Authorization", "Bearer " + token);
  }

  static String user(UUID id) {
    return user(claims -> claims.put("sub", id.toString()));
  }

  /** Of a user, as Supabase writes it. */
  static String user(Consumer<ObjectNode> change) {
    return Webhooks.jwt(HEADER, userClaims(change), JWT_SECRET);
  }

  static String userClaims(Consumer<ObjectNode> change) {
    ObjectNode claims = Webhooks.JSON.createObjectNode();
    claims
        .put("role", "authenticated")
        .put("sub", UUID.randomUUID().toString())
        .put("exp", now() + 600);
    change.accept(claims);
    return claims.toString();
  }

  static String service() {
    return user(claims -> claims.put("role", "service_role").remove("sub"));
  }

  /** For somebody to join a room, as LiveKit's SDKs write it. */
  static String join(String room, String identity, Consumer<ObjectNode> change) {
    return Webhooks.jwt(HEADER, joinClaims(room, identity, change), LIVEKIT_API_SECRET);
  }

  static String join(String room, String identity) {
    return join(room, identity, claims -> {});
  }

  static String joinClaims(String room, String identity, Consumer<ObjectNode> change) {
    ObjectNode claims = Webhooks.JSON.createObjectNode();
    claims.put("iss", LIVEKIT_API_KEY).put("sub", identity);
    claims.put("nbf", now() - 5).put("exp", now() + 600);
    claims.putObject("video").put("roomJoin", true).put("room", room);
    change.accept(claims);
    return claims.toString();
  }

  static long now() {
    return Instant.now().getEpochSecond();
  }
}
