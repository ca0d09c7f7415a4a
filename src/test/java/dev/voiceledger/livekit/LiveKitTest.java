package dev.voiceledger.livekit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import dev.voiceledger.FreshDatabase;
import dev.voiceledger.livekit.LiveKit.NewRoom;
import dev.voiceledger.livekit.LiveKit.Room;
import dev.voiceledger.platform.LiveKitKeys;
import dev.voiceledger.platform.ProblemException;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is asked of LiveKit, and what comes of its answers, over real connections. */
class LiveKitTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration WAIT_MAX = Duration.ofSeconds(20);
  private static final Instant NOW = Instant.now();

  private static Vertx vertx;
  private LiveKitDouble server;
  private Twirp twirp;
  private LiveKit livekit;

  @BeforeAll
  static void begin() {
    vertx = Vertx.vertx();
  }

  @AfterAll
  static void end() throws Exception {
    vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
  }

  @BeforeEach
  void start() {
    server = LiveKitDouble.started();
    at(server.url(), FreshDatabase.LIVEKIT_API_SECRET);
  }

  @AfterEach
  void stop() {
    twirp.close();
    server.close();
  }

  private void at(URI url, String secret) {
    LiveKitKeys keys = new LiveKitKeys(FreshDatabase.LIVEKIT_API_KEY, secret, Optional.empty());
    if (twirp != null) {
      twirp.close();
    }
    twirp = new Twirp(vertx, new Signer(keys, InstantSource.fixed(NOW)), url);
    livekit = new LiveKit(twirp);
  }

  private static <T> T await(Uni<T> answer) {
    return answer.await().atMost(WAIT_MAX);
  }

  private static NewRoom bare(String name) {
    return new NewRoom(name, null, null, null, null, null);
  }

  @Test
  void a_room_is_made_once_found_and_deleted() {
    Room made = await(livekit.createRoom(bare("one")));

    assertEquals(server.rooms().get("one"), made.sid());
    assertEquals("one", made.name());
    assertEquals(Instant.ofEpochMilli(1_790_000_000_123L), made.createdAt());
    assertEquals(made, await(livekit.createRoom(bare("one"))));
    assertEquals(Optional.of(made), await(livekit.room("one")));
    assertEquals(Optional.empty(), await(livekit.room("other")));
    assertNull(await(livekit.deleteRoom("one")));
    assertNull(await(livekit.deleteRoom("one")), "what is gone is done");
    assertEquals(Optional.empty(), await(livekit.room("one")));
  }

  @Test
  void a_new_room_is_asked_for_whole() throws IOException {
    Agent bare = new Agent("first", null, null, null);
    Agent full = new Agent("second", "{\"a\":1}", Map.of("k", "v"), "blue");
    await(livekit.createRoom(new NewRoom("one", "über", 60, 20, 5, List.of(bare, full))));
    await(livekit.createRoom(bare("two")));

    assertEquals(
        JSON.readTree(
            """
            {"name": "one", "metadata": "über", "emptyTimeout": 60, "departureTimeout": 20,
             "maxParticipants": 5, "agents": [{"agentName": "first"},
               {"agentName": "second", "metadata": "{\\"a\\":1}", "attributes": {"k": "v"},
                "deployment": "blue"}]}
            """),
        server.asked().get(0).message());
    assertEquals(JSON.readTree("{\"name\": \"two\"}"), server.asked().get(1).message());
  }

  @Test
  void each_request_is_allowed_what_it_asks_and_no_more() throws IOException {
    await(livekit.createRoom(bare("one")));
    await(livekit.room("one"));
    await(livekit.deleteRoom("one"));

    long now = NOW.getEpochSecond();
    List<String> grants = List.of("roomCreate", "roomList", "roomCreate");
    for (int i = 0; i < grants.size(); i++) {
      JsonNode expected =
          JSON.readTree(
              """
              {"iss": "%s", "sub": "voiceledger", "nbf": %d, "iat": %d, "exp": %d,
               "video": {"%s": true}}
              """
                  .formatted(FreshDatabase.LIVEKIT_API_KEY, now - 5, now, now + 60, grants.get(i)));
      assertEquals(expected.toString(), server.asked().get(i).claims().toString());
    }
  }

  @Test
  void the_server_may_stand_under_a_path() {
    at(URI.create(server.url() + "/behind/a/proxy/"), FreshDatabase.LIVEKIT_API_SECRET);
    await(livekit.createRoom(bare("one")));

    assertEquals(
        "/behind/a/proxy/twirp/livekit.RoomService/CreateRoom", server.asked().getFirst().path());
  }

  @Test
  void the_address_may_be_of_ip_version_6() throws IOException {
    HttpServer six = onVersion6();
    six.createContext("/", exchange -> exchange.sendResponseHeaders(418, -1));
    six.start();
    at(URI.create("http://[::1]:" + six.getAddress().getPort()), "any");

    ProblemException told = assertThrows(ProblemException.class, () -> await(livekit.room("one")));

    assertTrue(told.problem().detail().contains("does not speak"), told.problem().detail());
    six.stop(0);
  }

  private static HttpServer onVersion6() {
    try {
      return HttpServer.create(new InetSocketAddress("::1", 0), 0);
    } catch (IOException none) {
      return Assumptions.abort("this machine has no IPv6: " + none.getMessage());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"localhost:7880", "/twirp", "ftp://localhost", "http:///x"})
  void what_is_no_address_is_refused_at_the_start(String url) {
    assertThrows(IllegalArgumentException.class, () -> at(URI.create(url), "any"));
  }

  @ParameterizedTest
  @ValueSource(ints = {302, 303, 307})
  void a_redirect_is_not_followed(int status) {
    server.redirects(status, server.url().resolve("/elsewhere"));

    assertThrows(ProblemException.class, () -> await(livekit.createRoom(bare("one"))));
    assertEquals(1, server.asked().size(), "a token is for one address");
  }

  @Test
  void a_wrong_secret_is_told_and_not_shown() {
    String wrong = "a-wrong-secret-of-livekit-0123456789";
    at(server.url(), wrong);

    ProblemException refused =
        assertThrows(ProblemException.class, () -> await(livekit.room("one")));

    assertTrue(refused.problem().detail().contains("LIVEKIT_API_SECRET"));
    assertFalse(refused.problem().detail().contains(wrong));
  }

  @Test
  void many_at_once_share_the_pool() {
    List<Uni<Room>> calls =
        IntStream.range(0, 200).mapToObj(i -> livekit.createRoom(bare("room-" + i))).toList();

    List<Room> rooms = await(Uni.join().all(calls).andFailFast());

    assertEquals(200, rooms.stream().map(Room::sid).distinct().count());
  }
}
