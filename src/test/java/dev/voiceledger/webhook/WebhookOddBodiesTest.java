package dev.voiceledger.webhook;

import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.voiceledger.FreshDatabase;
import dev.voiceledger.RawAnswer;
import dev.voiceledger.TestDatabase;
import dev.voiceledger.platform.BodyBudget;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.charset.Charset;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Whoever holds a key may send what he likes: it is kept at once, and stops nobody. */
@QuarkusTest
@TestProfile(Hostile.class)
@WithTestResource(FreshDatabase.class)
class WebhookOddBodiesTest {
  private static final int MIB = 1024 * 1024;
  private static final long ANSWERED_NANOS_MAX = 3_000_000_000L;
  private static final String SECRET = "a-stream-key-of-an-odd-body";

  TestDatabase database;

  @Inject BodyBudget budget;

  @TestHTTPResource URI base;

  private static Map<String, byte[]> odd() {
    String event =
        "{\"event\":\"ingress_started\",\"id\":\"EV_odd\",\"ingressInfo\":{\"streamKey\":\""
            + SECRET
            + "\"}}";
    Map<String, byte[]> all = new LinkedHashMap<>();
    all.put("nothing", new byte[0]);
    all.put("null", "null".getBytes(UTF_8));
    all.put("NUL", new byte[] {0});
    all.put("a byte order mark", ("\uFEFF" + event).getBytes(UTF_8));
    for (Charset wide :
        List.of(
            UTF_16, UTF_16LE, UTF_16BE, Charset.forName("UTF-32"), Charset.forName("UTF-32LE"))) {
      all.put(wide.name(), event.getBytes(wide));
    }
    all.put("depth", "[".repeat(4 * MIB).getBytes(UTF_8));
    all.put("depth of objects", "{\"a\":".repeat(MIB / 2).getBytes(UTF_8));
    all.put("a long number", ("{\"id\":" + "9".repeat(MIB) + "}").getBytes(UTF_8));
    all.put("a long key", ("{\"" + "k".repeat(MIB) + "\":1}").getBytes(UTF_8));
    all.put("a secret without end", ("{\"password\":\"" + "x".repeat(3 * MIB)).getBytes(UTF_8));
    all.put("many secrets", "{\"password\" ".repeat(300_000).getBytes(UTF_8));
    all.put(
        "a long event name",
        ("{\"id\":\"EV_long\",\"event\":\"" + "n".repeat(3 * MIB) + "\"}").getBytes(UTF_8));
    all.put("a long participant name", longName().bytes());
    return all;
  }

  private static Webhooks longName() {
    Webhooks joined =
        Webhooks.participant("participant_joined", "RM_odd", "odd", "PA_odd", "odd", 1, 1);
    joined.participant().put("name", "𝄞ż".repeat(300_000));
    return joined;
  }

  @Test
  void every_authentic_body_is_kept_at_once_and_without_its_secrets() throws Exception {
    long events = new Statements(database).events();
    Map<String, byte[]> odd = odd();
    for (Map.Entry<String, byte[]> body : odd.entrySet()) {
      long start = System.nanoTime();
      RawAnswer answer =
          RawConnection.post(base, List.of(LiveKitSender.sign(body.getValue())), body.getValue());
      assertEquals(200, answer.status(), body.getKey());
      assertTrue(System.nanoTime() - start < ANSWERED_NANOS_MAX, body::getKey);
    }
    assertEquals(0, budget.used());
    assertEquals(events + odd.size(), new Statements(database).events());
    try (var connection = database.superuser();
        var rows =
            connection
                .createStatement()
                .executeQuery(
                    "select id, body from webhook_events where event is null"
                        + " or id like 'EV_odd%'")) {
      while (rows.next()) {
        String text = new String(rows.getBytes(2), UTF_8).replace("\0", "");
        assertTrue(!text.contains(SECRET), rows.getString(1));
      }
    }
  }

  /** The upgrade's own body would be read by the server, unbounded, before any route is asked. */
  @Test
  void who_asks_for_http_2_is_served_in_http_1() throws Exception {
    byte[] body = Webhooks.roomStarted("RM_h2", "h2", 1, 1).bytes();
    try (HttpClient client = HttpClient.newHttpClient()) {
      assertEquals("200 HTTP_1_1", http2(client, body, LiveKitSender.sign(body)));
      assertEquals("401 HTTP_1_1", http2(client, null, "a.b.c"));
      assertTrue(isRefusedOrCut(client, LiveKitSender.sign(body)));
    }
  }

  /** This client writes on without end, and where it is slow to read it finds the line cut. */
  private boolean isRefusedOrCut(HttpClient client, String token) throws Exception {
    try {
      return http2(client, null, token).equals("413 HTTP_1_1");
    } catch (IOException cut) {
      return !(cut instanceof HttpTimeoutException);
    }
  }

  private static InputStream endless() {
    return new InputStream() {
      @Override
      public int read() {
        return ' ';
      }

      @Override
      public int read(byte[] into, int from, int length) {
        return length;
      }
    };
  }

  private String http2(HttpClient client, byte[] body, String token) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(base.resolve(WebhookResource.PATH))
            .version(HttpClient.Version.HTTP_2)
            .timeout(Duration.ofSeconds(10))
            .header("Authorization", token)
            .POST(
                body != null
                    ? BodyPublishers.ofByteArray(body)
                    : BodyPublishers.ofInputStream(WebhookOddBodiesTest::endless))
            .build();
    HttpResponse<String> answer = client.send(request, BodyHandlers.ofString());
    return answer.statusCode() + " " + answer.version();
  }

  @Test
  void who_asks_before_sending_is_told_to_go_on_or_refused() throws Exception {
    byte[] body = Webhooks.roomStarted("RM_expect", "expect", 1, 1).bytes();
    try (RawConnection connection = new RawConnection(base)) {
      connection.head(
          List.of(LiveKitSender.sign(body)),
          "Expect: 100-continue",
          "Content-Length: " + body.length);
      assertEquals(100, connection.answer().status());
    }
    try (RawConnection connection = new RawConnection(base)) {
      connection.head(List.of(), "Expect: 100-continue", "Content-Length: " + body.length);
      assertEquals(401, connection.answer().status());
    }
  }
}
