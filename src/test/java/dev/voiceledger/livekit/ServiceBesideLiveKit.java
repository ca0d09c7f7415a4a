package dev.voiceledger.livekit;

import static dev.voiceledger.FreshDatabase.JWT_SECRET;
import static io.restassured.RestAssured.given;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.voiceledger.TestDatabase;
import dev.voiceledger.TestDatabases;
import dev.voiceledger.livekit.People.Ticket;
import dev.voiceledger.start.RunningService;
import dev.voiceledger.webhook.Webhooks;
import io.restassured.path.json.JsonPath;
import io.restassured.specification.RequestSpecification;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** The packaged service and a real LiveKit server, each told of the other; and people. */
final class ServiceBesideLiveKit implements AutoCloseable {
  private static final Duration WAIT_MAX = Duration.ofSeconds(20);
  private static final int POLL_MS = 50;
  private static final long TOKEN_SECONDS = 600;

  final TestDatabase database = TestDatabases.on18().fresh();
  final URI base;
  final LiveKitServer livekit;
  final People people;
  private final RunningService service;

  private ServiceBesideLiveKit(LiveKitInstallation installed, Map<String, String> settings)
      throws Exception {
    int port = RunningService.freePort();
    base = URI.create("http://localhost:" + port);
    livekit = LiveKitServer.start(installed, base.resolve("/webhooks/livekit"));
    Map<String, String> all = new HashMap<>(settings);
    all.put("PORT", Integer.toString(port));
    all.put("LIVEKIT_URL", livekit.url());
    try {
      service = RunningService.start(database, all);
      people = livekit.people();
    } catch (Exception | AssertionError e) {
      livekit.close();
      throw e;
    }
  }

  /**
   * Starts both, or skips the test where there can be no LiveKit server.
   *
   * @param settings environment variables for the service
   */
  static ServiceBesideLiveKit start(LiveKitInstallation installed, Map<String, String> settings)
      throws Exception {
    return new ServiceBesideLiveKit(installed, settings);
  }

  /** A token of this user, as whoever signs users in gives it. */
  static String userToken(UUID user) {
    long exp = Instant.now().getEpochSecond() + TOKEN_SECONDS;
    String claims = "{\"role\":\"authenticated\",\"sub\":\"%s\",\"exp\":%d}".formatted(user, exp);
    return Webhooks.jwt("{\"alg\":\"HS256\",\"typ\":\"JWT\"}", claims, JWT_SECRET);
  }

  /** A request with a bearer token, to be given a path of the API. */
  RequestSpecification as(String token) {
    return given()
        .baseUri(base.toString())
        .basePath("/api/v1")
        .contentType("application/json")
        .header("Authorization", "Bearer " + token);
  }

  /** A call that was made through the API, and its maker's way in. */
  record Made(String id, String room, Ticket ticket) {}

  Made made(String token, String body) {
    JsonPath answer =
        as(token)
            .header("Idempotency-Key", UUID.randomUUID())
            .body(body)
            .post("/calls")
            .then()
            .statusCode(201)
            .extract()
            .jsonPath();
    return new Made(
        answer.getString("call.id"),
        answer.getString("call.room_name"),
        new Ticket(answer.getString("server_url"), answer.getString("participant_token")));
  }

  /** A call as somebody may see it, by one of its names. */
  JsonPath call(String token, String name) {
    return as(token).get("/calls/{name}", name).then().statusCode(200).extract().jsonPath();
  }

  /** The call once it is as it should be; fails with what it was at last. */
  JsonPath callThat(String token, String name, String what, Predicate<JsonPath> is)
      throws InterruptedException {
    return until(what, () -> call(token, name), is);
  }

  /** Asks until the answer is as it should be; webhooks come behind what clients see. */
  static <T> T until(String what, Supplier<T> ask, Predicate<T> is) throws InterruptedException {
    return until(WAIT_MAX, what, ask, is);
  }

  /** The same, for what may take longer. */
  static <T> T until(Duration max, String what, Supplier<T> ask, Predicate<T> is)
      throws InterruptedException {
    long deadline = System.nanoTime() + max.toNanos();
    T answer = ask.get();
    while (!is.test(answer)) {
      assertTrue(System.nanoTime() < deadline, "never " + what + ", but " + text(answer));
      Thread.sleep(POLL_MS);
      answer = ask.get();
    }
    return answer;
  }

  private static String text(Object answer) {
    return answer instanceof JsonPath json ? json.prettify() : String.valueOf(answer);
  }

  @Override
  public void close() throws IOException, InterruptedException {
    people.close();
    livekit.close();
    service.close();
  }
}
