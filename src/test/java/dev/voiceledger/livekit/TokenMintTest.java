package dev.voiceledger.livekit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.auth0.jwt.JWT;
import com.auth0.jwt.algorithms.Algorithm;
import com.auth0.jwt.exceptions.SignatureVerificationException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.util.JsonFormat;
import dev.voiceledger.livekit.TokenMint.Join;
import dev.voiceledger.platform.LiveKitKeys;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import livekit.LivekitRoom.RoomConfiguration;
import org.junit.jupiter.api.Test;

/** Join tokens, read by those who did not write them. */
class TokenMintTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final UUID CALL = UUID.randomUUID();
  private static final Instant NOW = Instant.now();
  private static final String SECRET = "secret"; // livekit-server --dev: shorter than HS256 likes

  private static String mint(Join join) {
    LiveKitKeys keys = new LiveKitKeys("devkey", SECRET, Optional.of("other: other-secret"));
    return new TokenMint(new Signer(keys, InstantSource.fixed(NOW)), Duration.ofMinutes(10))
        .mint(join);
  }

  private static JsonNode claims(String token) throws IOException {
    String payload =
        JWT.require(Algorithm.HMAC256(SECRET))
            .withIssuer("devkey")
            .build()
            .verify(token)
            .getPayload();
    return JSON.readTree(new String(Base64.getUrlDecoder().decode(payload), UTF_8));
  }

  private static JsonNode expected(String more) throws IOException {
    long now = NOW.getEpochSecond();
    return JSON.readTree(
        """
        {"iss": "devkey", "sub": "ann", "nbf": %d, "iat": %d, "exp": %d, "call_id": "%s",
         "video": {"roomJoin": true, "room": "vl_room", "canPublish": true, "canSubscribe": true,
                   "canPublishData": true} %s}
        """
            .formatted(now - 5, now, now + 600, CALL, more));
  }

  @Test
  void a_bare_join_has_these_claims_and_no_others() throws IOException {
    assertEquals(
        expected(""), claims(mint(new Join(CALL, "vl_room", "ann", null, null, null, null))));
    assertEquals(
        expected(""),
        claims(mint(new Join(CALL, "vl_room", "ann", null, null, Map.of(), List.of()))));
  }

  @Test
  void a_full_join_has_these_claims_and_no_others() throws IOException {
    Agent agent = new Agent("support", "{\"l\":1}", Map.of("k", "v"), "blue");
    Agent bare = new Agent("second", null, Map.of(), null);
    String token =
        mint(
            new Join(
                CALL,
                "vl_room",
                "ann",
                "Ann Å",
                "{\"m\":1}",
                Map.of("a", "ü"),
                List.of(agent, bare)));

    assertEquals(
        expected(
            """
            , "name": "Ann Å", "metadata": "{\\"m\\":1}", "attributes": {"a": "ü"},
              "roomConfig": {"agents": [
                {"agentName": "support", "metadata": "{\\"l\\":1}", "attributes": {"k": "v"},
                 "deployment": "blue"},
                {"agentName": "second"}]}
            """),
        claims(token));
  }

  /** The JVM SDK's messages know neither attributes nor deployment; LiveKitClientIT has both. */
  @Test
  void the_room_configuration_is_protobufs_own_json() throws IOException {
    Agent agent = new Agent("support", "{\"l\":1}", null, null);
    String token = mint(new Join(CALL, "vl_room", "ann", null, null, null, List.of(agent)));

    RoomConfiguration.Builder read = RoomConfiguration.newBuilder();
    JsonFormat.parser().merge(claims(token).get("roomConfig").toString(), read);

    assertEquals("support", read.getAgents(0).getAgentName());
    assertEquals("{\"l\":1}", read.getAgents(0).getMetadata());
  }

  @Test
  void a_further_key_signs_no_join_token() {
    String token = mint(new Join(CALL, "vl_room", "ann", null, null, null, null));

    assertThrows(
        SignatureVerificationException.class,
        () -> JWT.require(Algorithm.HMAC256("other-secret")).build().verify(token));
  }
}
