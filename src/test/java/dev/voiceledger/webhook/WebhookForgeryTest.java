package dev.voiceledger.webhook;

import static dev.voiceledger.FreshDatabase.JWT_SECRET;
import static dev.voiceledger.FreshDatabase.LIVEKIT_API_SECRET;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.voiceledger.FreshDatabase;
import dev.voiceledger.RawAnswer;
import dev.voiceledger.TestDatabase;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.io.IOException;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Strangers at the door: all are told 401, and the database never hears of them. */
@QuarkusTest
@TestProfile(Hostile.class)
@WithTestResource(FreshDatabase.class)
class WebhookForgeryTest {
  private static final int FORGERIES_MIN = 100;
  private static final String NAME = "Ada of the forged call";
  private static final String PHONE = "+15550100777";

  TestDatabase database;

  @TestHTTPResource URI base;

  private static byte[] body() {
    long now = Instant.now().getEpochSecond();
    Webhooks joined =
        Webhooks.participant(
            "participant_joined", "RM_forged", "forged", "PA_1", PHONE, now * 1000, now);
    joined.participant().put("name", NAME);
    // A digest whose two base64 alphabets differ, so that the url-safe one is a flaw.
    for (int salt = 0; ; salt++) {
      joined.json().put("salt", salt);
      String digest = java.util.Base64.getEncoder().encodeToString(Webhooks.sha256(joined.bytes()));
      if (digest.matches(".*[+/].*")) {
        return joined.bytes();
      }
    }
  }

  @Test
  void every_forged_or_unfit_token_is_401_and_costs_the_database_nothing() throws IOException {
    byte[] body = body();
    Map<String, List<String>> forgeries = Forgeries.of(body, Instant.now().getEpochSecond());
    assertTrue(forgeries.size() >= FORGERIES_MIN, () -> "only " + forgeries.size());
    Statements statements = new Statements(database);
    long events = statements.events();
    long asked = statements.count();
    List<String> accepted = new ArrayList<>();
    try (Logs logs = new Logs()) {
      for (var forgery : forgeries.entrySet()) {
        RawAnswer answer = RawConnection.post(base, forgery.getValue(), body);
        if (answer.status() != 401 || !answer.isProblem()) {
          accepted.add(forgery.getKey() + ": " + answer);
        }
      }
      logs.assertSilentOn(secrets(forgeries.values()));
    }
    assertEquals(List.of(), accepted);
    assertEquals(0, statements.count() - asked, "statements");
    assertEquals(events, statements.events(), "events stored");
    assertEquals(200, RawConnection.post(base, List.of(LiveKitSender.sign(body)), body).status());
    assertTrue(statements.count() > asked, "a webhook that is kept shows in the count");
  }

  private static List<String> secrets(Iterable<List<String>> tokens) {
    List<String> secrets = new ArrayList<>(List.of(LIVEKIT_API_SECRET, JWT_SECRET, NAME, PHONE));
    for (List<String> headers : tokens) {
      for (String token : headers) {
        Arrays.stream(token.split("[. ]")).filter(part -> part.length() > 16).forEach(secrets::add);
      }
    }
    return secrets;
  }

  @Test
  void the_other_keys_of_the_server_may_sign() throws IOException {
    byte[] body = body();
    String second = Webhooks.sign(body, Hostile.SECOND_KEY, Hostile.SECOND_SECRET);
    String third = Webhooks.sign(body, Hostile.THIRD_KEY, Hostile.THIRD_SECRET);
    assertEquals(200, RawConnection.post(base, List.of(second), body).status());
    assertEquals(200, RawConnection.post(base, List.of(third), body).status());
    String mixed = Webhooks.sign(body, Hostile.SECOND_KEY, Hostile.THIRD_SECRET);
    assertEquals(401, RawConnection.post(base, List.of(mixed), body).status());
  }

  @Test
  void tokens_at_the_edge_of_their_time_are_taken() throws IOException {
    byte[] body = body();
    long now = Instant.now().getEpochSecond();
    for (String fit :
        List.of(
            Forgeries.with(body, now, c -> c.put("exp", now - 55)),
            Forgeries.with(body, now, c -> c.put("nbf", now + 59)),
            Forgeries.with(body, now, c -> c.put("iat", now)))) {
      assertEquals(200, RawConnection.post(base, List.of(fit), body).status());
    }
  }

  @Test
  void what_is_no_http_is_cut_before_anybody_reads_it() throws IOException {
    byte[] body = body();
    String good = LiveKitSender.sign(body);
    Statements statements = new Statements(database);
    long events = statements.events();
    try (Logs logs = new Logs()) {
      for (String broken :
          List.of(
              "A".repeat(1024 * 1024),
              good + "A".repeat(1024 * 1024),
              good + "\0",
              "\0" + good,
              good + "\0.tail",
              good + "\r\n folded",
              "A".repeat(15_000))) {
        int status = status(broken, body);
        assertTrue(
            status == 400 || status == 401 || status == 431,
            () -> status + " for a header of " + broken.length());
      }
      logs.assertSilentOn(secrets(List.of(List.of(good))));
    }
    assertEquals(events, statements.events());
  }

  /**
   * The client may be cut off while it still writes its header; it reads the answer all the same.
   */
  private int status(String authorization, byte[] body) throws IOException {
    try (RawConnection connection = new RawConnection(base)) {
      try {
        connection.head(List.of(authorization), "Content-Length: " + body.length);
        connection.write(body);
      } catch (IOException cutOff) {
        assertFalse(connection.answer().status() < 400);
      }
      return connection.answer().status();
    }
  }

  @Test
  void a_webhooks_token_opens_no_other_door() throws IOException {
    byte[] body = "{}".getBytes(UTF_8);
    String webhook = LiveKitSender.sign(body);
    for (String value : List.of(webhook, "Bearer " + webhook)) {
      try (RawConnection connection = new RawConnection(base)) {
        connection.write(
            ("GET /api/v1/webhook-events HTTP/1.1\r\nHost: x\r\nAuthorization: "
                    + value
                    + "\r\n\r\n")
                .getBytes(UTF_8));
        assertEquals(401, connection.answer().status());
      }
    }
  }
}
