package dev.voiceledger.livekit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.voiceledger.FreshDatabase;
import dev.voiceledger.livekit.LiveKit.NewRoom;
import dev.voiceledger.livekit.LiveKit.Room;
import dev.voiceledger.livekit.TokenMint.Join;
import dev.voiceledger.platform.LiveKitKeys;
import dev.voiceledger.platform.ProblemException;
import dev.voiceledger.start.RunningService;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A real LiveKit server is asked for rooms, and its own clients join with tokens of ours. */
class LiveKitClientIT {
  private static final Agent AGENT =
      new Agent("support", "{\"lang\":\"de\"}", Map.of("team", "blue", "é", "ü"), "canary");
  private static final Duration WAIT_MAX = Duration.ofSeconds(10);

  private static Vertx vertx;
  private static LiveKitServer server;

  @BeforeAll
  static void start() throws Exception {
    vertx = Vertx.vertx();
    URI nobody = URI.create("http://127.0.0.1:" + RunningService.freePort());
    server = LiveKitServer.start(LiveKitInstallation.orSkip(), nobody);
  }

  @AfterAll
  static void stop() throws Exception {
    if (server != null) {
      server.close();
    }
    vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
  }

  private static Signer signer(String secret) {
    return new Signer(
        new LiveKitKeys(FreshDatabase.LIVEKIT_API_KEY, secret, Optional.empty()),
        InstantSource.system());
  }

  private static LiveKit livekit(String secret) {
    return new LiveKit(new Twirp(vertx, signer(secret), server.api()));
  }

  private static <T> T await(Uni<T> answer) {
    return answer.await().atMost(WAIT_MAX);
  }

  private static String token(UUID callId, String room, List<Agent> agents) {
    return new TokenMint(signer(FreshDatabase.LIVEKIT_API_SECRET), Duration.ofMinutes(15))
        .mint(new Join(callId, room, "ann", "Ann Å", "{\"m\":1}", Map.of("k", "v"), agents));
  }

  private static NewRoom bare(String name) {
    return new NewRoom(name, null, null, null, null, null);
  }

  @Test
  void a_room_is_made_once_joined_and_deleted() throws Exception {
    LiveKit livekit = livekit(FreshDatabase.LIVEKIT_API_SECRET);
    String name = "vl_" + UUID.randomUUID();
    UUID call = UUID.randomUUID();

    Room made = await(livekit.createRoom(new NewRoom(name, "über", 61, 21, 5, List.of(AGENT))));
    assertTrue(made.sid().startsWith("RM_"), made.sid());
    assertEquals(name, made.name());
    assertFalse(Duration.between(made.createdAt(), Instant.now()).abs().toSeconds() > 5);
    assertEquals(made, await(livekit.createRoom(bare(name))));
    assertEquals(Optional.of(made), await(livekit.room(name)));

    JsonNode found = server.join(token(call, name, null));
    assertEquals(made.sid(), found.at("/joined_sid").asText());
    assertEquals(made.sid(), found.at("/room/sid").asText());
    assertEquals("über", found.at("/room/metadata").asText());
    assertEquals(61, found.at("/room/emptyTimeout").asInt());
    assertEquals(21, found.at("/room/departureTimeout").asInt());
    assertEquals(5, found.at("/room/maxParticipants").asInt());
    assertEquals(call.toString(), found.at("/claims/call_id").asText());
    assertDispatched(found);
    assertIsAnn(found.at("/participant"));

    await(livekit.deleteRoom(name));
    await(livekit.deleteRoom(name));
    assertEquals(Optional.empty(), await(livekit.room(name)));
    assertNotEquals(made.sid(), await(livekit.createRoom(bare(name))).sid());
  }

  private static void assertDispatched(JsonNode found) {
    assertEquals(1, found.at("/dispatches").size(), found.toString());
    JsonNode agent = found.at("/dispatches/0");
    assertEquals(AGENT.agentName(), agent.path("agentName").asText());
    assertEquals(AGENT.metadata(), agent.path("metadata").asText());
    assertEquals(AGENT.deployment(), agent.path("deployment").asText());
    assertEquals(2, agent.path("attributes").size());
    AGENT
        .attributes()
        .forEach((key, value) -> assertEquals(value, agent.path("attributes").path(key).asText()));
  }

  private static void assertIsAnn(JsonNode participant) {
    assertEquals("ann", participant.path("identity").asText());
    assertEquals("Ann Å", participant.path("name").asText());
    assertEquals("{\"m\":1}", participant.path("metadata").asText());
    assertEquals("v", participant.at("/attributes/k").asText());
    JsonNode permission = participant.path("permission");
    for (String may : List.of("canPublish", "canSubscribe", "canPublishData")) {
      assertTrue(permission.path(may).asBoolean(), may);
    }
    for (String mayNot : List.of("hidden", "recorder", "agent", "canUpdateMetadata")) {
      assertFalse(permission.path(mayNot).asBoolean(), mayNot);
    }
  }

  @Test
  void a_join_that_makes_the_room_sends_for_its_agents() throws Exception {
    JsonNode found =
        server.join(token(UUID.randomUUID(), "vl_" + UUID.randomUUID(), List.of(AGENT)));

    assertDispatched(found);
    JsonNode decoded = found.at("/room_config/agents/0");
    assertEquals(AGENT.agentName(), decoded.path("agentName").asText());
    assertEquals(AGENT.metadata(), decoded.path("metadata").asText());
    assertEquals("canary", decoded.path("deployment").asText());
    assertEquals("ü", decoded.at("/attributes/é").asText());
    assertEquals("blue", decoded.at("/attributes/team").asText());
  }

  @Test
  void a_key_that_is_not_its_own_is_told() {
    LiveKit livekit = livekit("a-wrong-secret-of-livekit-0123456789");

    ProblemException refused =
        assertThrows(ProblemException.class, () -> await(livekit.createRoom(bare("never"))));

    assertEquals(502, refused.problem().status());
    assertTrue(refused.problem().detail().contains("did not take our API key"));
  }

  @Test
  void what_it_calls_invalid_is_a_502_too() {
    LiveKit livekit = livekit(FreshDatabase.LIVEKIT_API_SECRET);

    ProblemException refused =
        assertThrows(
            ProblemException.class, () -> await(livekit.createRoom(bare("x".repeat(300)))));

    assertTrue(refused.problem().detail().contains("refused the request"));
  }
}
