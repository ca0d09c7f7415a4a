package dev.voiceledger.platform;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.equalTo;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.voiceledger.FreshDatabase;
import dev.voiceledger.RawAnswer;
import dev.voiceledger.TestDatabase;
import dev.voiceledger.livekit.LiveKitDouble;
import dev.voiceledger.webhook.Webhooks;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import java.io.IOException;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every failure is a problem of a stable type, whatever was asked and however oddly. */
@QuarkusTest
@WithTestResource(FreshDatabase.class)
@WithTestResource(LiveKitDouble.class)
class ProblemsTest {
  private static final String JSON = "Content-Type: application/json\r\n";
  private static final String CHUNK = "10000\r\n" + "x".repeat(65_536) + "\r\n";

  @TestHTTPResource URI base;
  TestDatabase database;

  private static String token() {
    String claims =
        "{\"role\":\"authenticated\",\"sub\":\"5ad36c9a-0f0c-4c3a-9a0b-0f0f4f5d7a11\",\"exp\":%d}"
            .formatted(Instant.now().getEpochSecond() + 600);
    return "Authorization: Bearer "
        + Webhooks.jwt("{\"alg\":\"HS256\"}", claims, FreshDatabase.JWT_SECRET)
        + "\r\n";
  }

  private RawAnswer raw(String line, String headers, String body) throws IOException {
    return RawRequest.send(base, line + " HTTP/1.1\r\nHost: x\r\n" + headers + "\r\n" + body);
  }

  @ParameterizedTest
  @CsvSource({
    "GET /api, 404, not-found",
    "GET /api/v1/nothing, 404, not-found",
    "GET /nothing, 404, not-found",
    "POST /nothing, 404, not-found",
    "DELETE /webhooks/nothing, 404, not-found",
    "GET /q/nothing, 404, not-found",
    "GET nothing, 404, not-found",
    "OPTIONS /nothing, 404, not-found",
    "GET /nothing%00, 404, not-found",
    "GET /api/v1/calls/%00, 404, not-found",
    "GET /api/v1/calls/%2F, 404, call-not-found",
    "GET /api/v1/calls/%C0%AF, 404, call-not-found",
    "GET /api/v1/calls/..%2F..%2Fq, 404, call-not-found",
    "GET /api/v1/calls?limit=%00, 400, invalid-fields",
    "GET /api/v1/calls?limit=x, 400, invalid-fields",
    "GET /api/v1/calls/active?cursor=&limit=, 400, invalid-fields",
    "GET /api/v1/webhook-events?include_total, 400, invalid-fields",
    "PUT /api/v1/calls, 405, method-not-allowed",
    "TRACE /api/v1/calls, 405, method-not-allowed",
    "BREW /api/v1/calls, 405, method-not-allowed",
    "GET /webhooks/livekit, 405, method-not-allowed",
    "POST /, 405, method-not-allowed"
  })
  void an_address_or_a_method_that_is_none(String line, int status, String type)
      throws IOException {
    RawAnswer answer = raw(line, token(), "");

    assertEquals(status, answer.status());
    assertTrue(answer.isProblem(type), answer.toString());
  }

  @ParameterizedTest
  @CsvSource({
    "/api/v1/calls, 'get, head, options, post'",
    "/api/v1/calls/active, 'get, head, options'",
    "/api/v1/calls/x, 'delete, get, head, options, patch'",
    "/api/v1/token, 'options, post'",
    "/, 'get, head, options'"
  })
  void who_used_another_method_is_told_which_there_are(String path, String allowed)
      throws IOException {
    RawAnswer refused = raw("BREW " + path, token(), "");
    assertEquals(405, refused.status());
    assertTrue(refused.head().contains("allow: " + allowed + "\r\n"), refused.head());
    RawAnswer asked = raw("OPTIONS " + path, "", "");
    assertEquals(204, asked.status());
    assertTrue(asked.head().contains("allow: " + allowed + "\r\n"), asked.head());
  }

  @Test
  void head_is_get_without_a_body() throws IOException {
    assertEquals(200, raw("HEAD /api/v1/calls", token(), "").status());
    assertEquals(401, raw("HEAD /api/v1/calls", "", "").status());
    assertEquals(404, raw("HEAD /api/v1/nothing", token(), "").status());
  }

  @Test
  void media_types() throws IOException {
    String head = token() + "Content-Length: 2\r\n";
    RawAnswer asked = raw("GET /api/v1/calls", token() + "Accept: text/html\r\n", "");
    assertTrue(asked.isProblem("not-acceptable"), asked.toString());
    RawAnswer sent = raw("POST /api/v1/token", head + "Content-Type: text/plain\r\n", "{}");
    assertTrue(sent.isProblem("unsupported-media-type"), sent.toString());
    assertEquals(201, raw("POST /api/v1/token", head, "{}").status(), "none is JSON");
    assertEquals(201, raw("POST /api/v1/token", token(), "").status(), "no body at all");
    assertEquals(201, raw("POST /api/v1/calls", token() + "Content-Length: 0\r\n", "").status());
  }

  @Test
  void malformed_json_is_told_where() throws IOException {
    RawAnswer answer =
        raw("POST /api/v1/token", token() + JSON + "Content-Length: 9\r\n", "{\"a\": 1,,");

    assertTrue(answer.isProblem("malformed-json"), answer.toString());
    assertTrue(answer.body().contains("line 1, column 9"), answer.body());
  }

  @Test
  void a_body_too_large_is_refused_be_it_announced_or_not() throws IOException {
    String chunked = token() + JSON + "Transfer-Encoding: chunked\r\n";
    RawAnswer announced =
        raw("POST /api/v1/token", token() + JSON + "Content-Length: 262145\r\n", "x");
    assertTrue(announced.isProblem("body-too-large"), announced.toString());
    RawAnswer found = raw("POST /api/v1/token", chunked, CHUNK.repeat(5));
    assertTrue(found.isProblem("body-too-large"), found.toString());
    RawAnswer elsewhere = raw("POST /nothing", "Content-Length: 99999999999\r\n", "x");
    assertTrue(elsewhere.isProblem("body-too-large"), elsewhere.toString());
    String largest = "{\"x\":\"" + "y".repeat(262_144 - 8) + "\"}";
    assertEquals(
        201,
        raw("POST /api/v1/token", token() + JSON + "Content-Length: 262144\r\n", largest).status());
  }

  /** Only a byte of the body comes, so an answer says that nobody waits for the rest. */
  @ParameterizedTest
  @CsvSource({"POST, /api/v1/token", "POST, /api/v1/calls", "PATCH, /api/v1/calls/x"})
  void a_token_is_judged_before_a_body_is_read(String method, String path) throws IOException {
    RawAnswer announced = raw(method + " " + path, JSON + "Content-Length: 200000\r\n", "x");
    assertTrue(announced.isProblem("unauthorized"), announced.toString());
    RawAnswer chunked = raw(method + " " + path, JSON + "Transfer-Encoding: chunked\r\n", "1\r\nx");
    assertTrue(chunked.isProblem("unauthorized"), chunked.toString());
    assertTrue(chunked.head().contains("www-authenticate: bearer"), chunked.head());
  }

  @Test
  void what_the_server_refuses_itself_has_at_least_its_status() throws IOException {
    assertEquals(414, raw("GET /" + "a".repeat(20_000), "", "").status());
    assertEquals(431, raw("GET /", "X: " + "a".repeat(40_000) + "\r\n", "").status());
    assertEquals(400, RawRequest.send(base, "GET / HTTP/1.1\r\nHost: x\r\nbad\r\n\r\n").status());
    RawAnswer hostless = RawRequest.send(base, "GET / HTTP/1.1\r\n\r\n");
    assertEquals(400, hostless.status());
    assertTrue(hostless.isProblem("invalid-fields"), hostless.toString());
  }

  @ParameterizedTest
  @CsvSource({
    "22P02, 400, invalid-fields",
    "22021, 400, invalid-fields",
    "23502, 400, invalid-fields",
    "23514, 400, invalid-fields",
    "23505, 409, conflict",
    "55P03, 503, overloaded",
    "40P01, 503, overloaded",
    "40001, 503, overloaded",
    "57014, 503, overloaded",
    "57P03, 503, database-unavailable",
    "cut, 503, database-unavailable",
    "53300, 503, database-unavailable",
    "P0001, 500, internal"
  })
  void what_postgresql_refuses(String state, int status, String type) {
    database.asSuperuser(RefusingResource.FUNCTION);

    String body =
        given()
            .get("/refusing/" + state)
            .then()
            .statusCode(status)
            .contentType(Problem.MEDIA_TYPE)
            .body("type", equalTo("urn:voiceledger:problem:" + type))
            .extract()
            .asString();

    assertFalse(body.contains(RefusingResource.SECRET));
  }

  @Test
  void what_was_not_foreseen_is_logged_by_id_and_place_and_never_quoted() {
    List<String> lines = new ArrayList<>();
    Handler notes = new LogNotes(lines);
    Logger log = Logger.getLogger("dev.voiceledger.platform.ProblemResponses");
    log.addHandler(notes);
    String detail = given().post("/refusing").then().statusCode(500).extract().path("detail");
    log.removeHandler(notes);

    String line = String.join("\n", lines);
    assertTrue(line.contains(detail.substring("Logged under ".length())), line);
    assertTrue(line.contains("IllegalStateException at dev.voiceledger.platform.Refusing"), line);
    assertFalse(line.contains(RefusingResource.SECRET), line);
  }

  /** What a log line and its exception say together. */
  private static final class LogNotes extends Handler {
    private final List<String> lines;

    private LogNotes(List<String> lines) {
      this.lines = lines;
    }

    @Override
    public void publish(LogRecord entry) {
      String message = ((org.jboss.logmanager.ExtLogRecord) entry).getFormattedMessage();
      lines.add(message + (entry.getThrown() == null ? "" : " " + entry.getThrown()));
    }

    @Override
    public void flush() {
      // nothing is held back
    }

    @Override
    public void close() {
      // nothing is open
    }
  }
}
