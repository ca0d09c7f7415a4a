package dev.voiceledger.access;

import static io.restassured.RestAssured.given;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.OperatingSystemMXBean;
import dev.voiceledger.FreshDatabase;
import dev.voiceledger.webhook.LiveKitSender;
import dev.voiceledger.webhook.Logs;
import dev.voiceledger.webhook.Webhooks;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Which bearer tokens stand for whom, and that all others stand for nobody. */
@QuarkusTest
@TestProfile(SecondKey.class)
@WithTestResource(FreshDatabase.class)
class BearerTokensTest {
  private static final String INBOX = "/api/v1/webhook-events";
  private static final int UNFIT_MIN = 60;
  private static final long CPU_MS_MAX = 50;

  @TestHTTPResource URI base;

  private static String who(String token) {
    return Tokens.bearer(token).get("/asking/who").asString();
  }

  /** The mean of the whole process, so that no thread can hide its work. */
  @Test
  void every_unfit_token_is_401_cheaply_and_in_no_log() {
    Map<String, String> unfit = UnfitUserTokens.all();
    assertTrue(unfit.size() >= UNFIT_MIN, () -> "only " + unfit.size());
    OperatingSystemMXBean process =
        (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    given().get(INBOX).then().statusCode(401).header("WWW-Authenticate", "Bearer");
    List<String> taken = new ArrayList<>();
    long before = process.getProcessCpuTime();
    try (Logs logs = new Logs()) {
      unfit.forEach((flaw, token) -> {
        int status = Tokens.bearer(token).get(INBOX).statusCode();
        if (status != 401) {
          taken.add(flaw + ": " + status);
        }
      });
      logs.assertSilentOn(pieces(unfit.values()));
    }
    long spent = TimeUnit.NANOSECONDS.toMillis(process.getProcessCpuTime() - before);
    assertEquals(List.of(), taken);
    assertTrue(spent / unfit.size() < CPU_MS_MAX, () -> spent + " ms for " + unfit.size());
  }

  /** Whole tokens, and each signature that is long enough to be nobody else's text. */
  private static List<String> pieces(Collection<String> tokens) {
    return tokens.stream()
        .flatMap(token -> Stream.of(token, token.substring(token.lastIndexOf('.') + 1)))
        .filter(piece -> piece.length() > 20)
        .toList();
  }

  /** The server reads no such header to its end, so that the answer may be lost to a reset. */
  @Test
  void a_token_of_a_megabyte_is_refused_before_it_is_judged() throws IOException {
    String head = "GET " + INBOX + " HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ";
    String answer;
    try (Socket socket = new Socket(base.getHost(), base.getPort())) {
      socket.setSoTimeout(30_000);
      socket.getOutputStream().write((head + "x".repeat(1024 * 1024)).getBytes(US_ASCII));
      socket.getOutputStream().write("\r\n\r\n".getBytes(US_ASCII));
      answer = new String(socket.getInputStream().readNBytes(12), US_ASCII);
    } catch (SocketException reset) {
      answer = "HTTP/1.1 431";
    }
    assertEquals("HTTP/1.1 431", answer);
    assertEquals("authenticated", who(Tokens.user(UUID.randomUUID())), "and others go on");
  }

  @Test
  void users_admins_and_services_are_who_their_tokens_say() {
    assertEquals("authenticated", who(Tokens.user(UUID.randomUUID())));
    assertEquals("authenticated admin", who(Tokens.user(c -> c.put("role", "admin"))));
    assertEquals(
        "authenticated admin",
        who(Tokens.user(c -> c.putObject("app_metadata").put("role", "admin"))));
    assertEquals(
        "authenticated", who(Tokens.user(c -> c.putObject("user_metadata").put("role", "admin"))));
    assertEquals("service_role", who(Tokens.service()));
    assertEquals("service_role", who(Tokens.user(c -> c.put("role", "service_role"))));
    assertEquals("service_role", who(SecondKey.SERVICE_TOKEN));
    assertEquals("authenticated", who(Tokens.user(c -> c.put("exp", Tokens.now() - 50))));
    assertEquals("authenticated", who(Tokens.user(c -> c.put("nbf", Tokens.now() + 50))));
  }

  @Test
  void join_tokens_stand_for_participants_and_agents() {
    assertEquals("participant", who(Tokens.join("r", "ada")));
    assertEquals("participant", who(Tokens.join("r", "ada", c -> c.put("kind", "standard"))));
    assertEquals("agent", who(Tokens.join("r", "ada", c -> c.put("kind", "agent"))));
    assertEquals(
        "agent", who(Tokens.join("r", "ada", c -> c.withObject("/video").put("agent", true))));
    assertEquals("participant", who(Tokens.join("r", "ada", c -> c.remove("nbf"))));
    assertEquals(
        "participant",
        who(Tokens.join("r", "ada", c -> c.put("call_id", UUID.randomUUID().toString()))));
    assertEquals("participant", who(Tokens.join("r", "a", c -> c.put("exp", Tokens.now() - 50))));
  }

  @Test
  void a_join_token_is_no_person_and_no_operator_whatever_it_grants() {
    String token =
        Tokens.join(
            "r",
            "ada",
            c -> {
              c.put("role", "service_role").putObject("app_metadata").put("role", "admin");
              c.withObject("/video").put("roomAdmin", true).put("roomList", true);
            });
    assertEquals("participant", who(token));
    for (String path : List.of("/asking/person", "/asking/operator", INBOX)) {
      Tokens.bearer(token).get(path).then().statusCode(403);
    }
    String user = Tokens.user(UUID.randomUUID());
    assertEquals("authenticated", Tokens.bearer(user).get("/asking/person").asString());
    Tokens.bearer(user).get("/asking/operator").then().statusCode(403);
  }

  @Test
  void neither_a_user_token_nor_a_join_token_is_a_webhook() {
    LiveKitSender livekit = new LiveKitSender(base);
    byte[] body = Webhooks.roomStarted("RM_x", "x", 1, Tokens.now()).bytes();
    assertEquals(401, livekit.send(body, Tokens.join("r", "ada")).statusCode());
    assertEquals(401, livekit.send(body, Tokens.service()).statusCode());
    String second = Webhooks.sign(body, SecondKey.KEY, SecondKey.SECRET);
    assertEquals(200, livekit.send(body, second).statusCode(), "a rotated key signs webhooks");
  }

  /** The body never comes, and the answer does. */
  @Test
  void a_stranger_is_refused_before_the_body_is_read() throws IOException {
    try (Socket socket = new Socket(base.getHost(), base.getPort())) {
      socket.setSoTimeout(30_000);
      String head =
          "POST "
              + INBOX
              + "/x/replay HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
              + "Authorization: Bearer x\r\nContent-Length: 200000\r\n\r\n";
      socket.getOutputStream().write(head.getBytes(US_ASCII));
      socket.getOutputStream().flush();
      InputStream in = socket.getInputStream();
      assertEquals("HTTP/1.1 401", new String(in.readNBytes(12), US_ASCII));
    }
  }
}
