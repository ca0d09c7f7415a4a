package dev.voiceledger.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.voiceledger.TestDatabase;
import dev.voiceledger.TestDatabases;
import dev.voiceledger.start.RunningService;
import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * RELIABILITY F9, smuggling: where two readers of one stream of bytes could differ on where a
 * request ends, a request hidden behind that place is never answered: the connection is closed. So
 * what a proxy in front took for one body cannot be answered to the next of its clients.
 */
class SmugglingIT {
  private static final String NAME = "F9 smuggling";
  private static final int WAIT_MS = 3_000;

  /** Answered by 204, as no request before it is. */
  private static final String HIDDEN = "OPTIONS /api/v1/calls/active HTTP/1.1\r\nHost: x\r\n\r\n";

  private static final String ITS_ANSWER = "HTTP/1.1 204 ";
  private static final List<String> ROUTES =
      List.of("/webhooks/livekit", "/api/v1/voice/messages", "/q/health/live", "/nowhere");

  private static TestDatabase database;
  private static RunningService service;
  private static URI base;

  @BeforeAll
  static void start() throws Exception {
    database = TestDatabases.on18().fresh();
    service = RunningService.start(database);
    base = URI.create("http://127.0.0.1:" + service.port);
  }

  @AfterAll
  static void stop() {
    service.close();
  }

  /**
   * Each with %s for the route; what follows the blank line is body for some reader, or request.
   */
  private static Map<String, String> attacks() {
    Map<String, String> all = new LinkedHashMap<>();
    String zero = "0\r\n\r\n" + HIDDEN;
    all.put("CL.TE", post("Content-Length: " + zero.length(), "Transfer-Encoding: chunked") + zero);
    String piece = Integer.toHexString(HIDDEN.length()) + "\r\n" + HIDDEN + "\r\n0\r\n\r\n";
    all.put("TE.CL", post("Content-Length: 4", "Transfer-Encoding: chunked") + piece);
    all.put("TE before CL", post("Transfer-Encoding: chunked", "Content-Length: 4") + piece);
    all.put("two lengths", post("Content-Length: 5", "Content-Length: 0") + HIDDEN);
    all.put("two lengths, the other way", post("Content-Length: 0", "Content-Length: 5") + HIDDEN);
    all.put("a list of lengths", post("Content-Length: 0, 5") + HIDDEN);
    encodings(all, zero);
    lengths(all);
    lines(all);
    chunks(all);
    return all;
  }

  private static void encodings(Map<String, String> all, String zero) {
    for (String odd :
        List.of(
            "Transfer-Encoding: xchunked",
            "Transfer-Encoding: chunked, identity",
            "Transfer-Encoding: identity",
            "Transfer-Encoding: gzip, chunked",
            "Transfer-Encoding : chunked",
            "Transfer-Encoding:\u000bchunked",
            "Transfer-Encoding: \u0000chunked",
            "Transfer-Encoding: \"chunked\"",
            "Transfer-Encoding: chunked;q=1",
            "Transfer-Encoding: chunked\r\nTransfer-Encoding: x",
            "Transfer-Encoding: x\r\nTransfer-Encoding: chunked",
            "Transfer-Encoding:\r\n chunked",
            "X: x\nTransfer-Encoding: chunked",
            "X: x\rTransfer-Encoding: chunked")) {
      String name = odd.replace("\r", "<CR>").replace("\n", "<LF>").replaceAll("\\p{Cntrl}", "<?>");
      all.put(name + " beside a length", post("Content-Length: " + zero.length(), odd) + zero);
    }
  }

  private static void lengths(Map<String, String> all) {
    for (String odd : List.of("+0", "-0", "0x0", "0 5", "0\u000b", "\"0\"", "0;5", "")) {
      all.put(
          "Content-Length: " + odd.replaceAll("\\p{Cntrl}", "<?>"),
          post("Content-Length: " + odd) + HIDDEN);
    }
    all.put("a length with a blank before its colon", post("Content-Length : 0") + HIDDEN);
    all.put("a folded length", post("Content-Length:\r\n 0") + HIDDEN);
  }

  private static void lines(Map<String, String> all) {
    all.put(
        "bare LF at the end of the head",
        "POST %s HTTP/1.1\r\nHost: x\r\nContent-Length: 5\n\n" + HIDDEN);
    all.put(
        "bare CR within a header",
        post("X: y\rContent-Length: " + HIDDEN.length(), "Content-Length: 0") + HIDDEN);
    all.put("NUL within a header", post("X: y\u0000", "Content-Length: x") + HIDDEN);
    all.put("a header without a colon", post("Content-Length 0", "X: y") + HIDDEN);
    all.put("a header without a name", post(": y", "Content-Length: a") + HIDDEN);
    all.put(
        "two hosts", "GET %s HTTP/1.1\r\nHost: x\r\nHost: y\r\nContent-Length: z\r\n\r\n" + HIDDEN);
  }

  private static void chunks(Map<String, String> all) {
    String chunked = post("Transfer-Encoding: chunked");
    all.put("a size with a sign", chunked + "+0\r\n\r\n" + HIDDEN);
    all.put("a size in 0x", chunked + "0x0\r\n\r\n" + HIDDEN);
    all.put("a size too large for a number", chunked + "10000000000000000\r\n\r\n" + HIDDEN);
    all.put("a negative size", chunked + "-1\r\n\r\n" + HIDDEN);
    all.put("an extension with a bare LF", chunked + "0;a\nb\r\n\r\n" + HIDDEN);
    all.put("a chunk that ends in LF", chunked + "1\nx\n0\n\n" + HIDDEN);
    all.put("a chunk longer than it says", chunked + "1\r\nxxxx\r\n0\r\n\r\n" + HIDDEN);
    all.put("a chunk without its end", chunked + "1\r\nx0\r\n\r\n" + HIDDEN);
    all.put("a trailer that is a request", chunked + "0\r\n" + HIDDEN);
    all.put(
        "a trailer with a length",
        chunked + "0\r\nContent-Length: " + HIDDEN.length() + "\r\n\r\n" + HIDDEN);
    all.put("chunks of HTTP/1.0", chunked.replace("HTTP/1.1", "HTTP/1.0") + "0\r\n\r\n" + HIDDEN);
    all.put("extensions", chunked + "0;a=\"b\r\n\r\n" + HIDDEN);
    all.put("chunks, by the book", chunked + "0\r\n\r\n" + HIDDEN);
  }

  private static String post(String... headers) {
    return "POST %s HTTP/1.1\r\nHost: x\r\n" + String.join("\r\n", headers) + "\r\n\r\n";
  }

  /** The positive control: two requests that no reader can take for one are both answered. */
  @Test
  void a_second_request_on_a_kept_connection_is_seen_by_this_test() throws Exception {
    String first = "GET /q/health/live HTTP/1.1\r\nHost: x\r\n\r\n";
    RawExchange both = RawExchange.of(base, first + HIDDEN, WAIT_MS);
    assertEquals(2, both.answers(), both.text());
    assertTrue(both.has(ITS_ANSWER), both.text());
  }

  @Test
  void no_hidden_request_is_ever_answered() throws Exception {
    Scenario.random(NAME);
    List<String> answered = new ArrayList<>();
    List<String> open = new ArrayList<>();
    Map<String, String> attacks = attacks();
    for (Map.Entry<String, String> attack : attacks.entrySet()) {
      for (String route : ROUTES) {
        String bytes = attack.getValue().replace("%s", route);
        RawExchange said = RawExchange.of(base, bytes, WAIT_MS);
        String what = attack.getKey() + " at " + route + ": " + said.status();
        if (said.has(ITS_ANSWER)) {
          answered.add(what);
        }
        if (!said.closed()) {
          open.add(what);
        }
      }
    }
    Scenario.says(
        NAME,
        "%d attacks at %d routes: %d hidden requests answered, %d connections left open"
            .formatted(attacks.size(), ROUTES.size(), answered.size(), open.size()));
    String both = "answered: " + answered + "\nopen: " + open;
    assertTrue(answered.isEmpty() && open.isEmpty(), both.replace(", ", "\n"));
  }
}
