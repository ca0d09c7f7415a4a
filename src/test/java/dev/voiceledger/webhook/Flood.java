package dev.voiceledger.webhook;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.voiceledger.RawAnswer;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;

/**
 * A body far too large, sent without end until the service cuts it off or all is said.
 *
 * @param token null for none
 * @param announced with a Content-Length, else in chunks
 */
record Flood(String name, String token, long bytes, boolean announced, byte[] piece) {

  static final String CONTENT = "words-that-nobody-may-find-in-a-log ";
  static final long CLOSED_MS_MAX = 3_000;
  private static final int MIB = 1024 * 1024;

  /** 10 MiB to 1 GiB, announced and chunked, from strangers and from whoever has a good token. */
  static List<Flood> ofEverySize(String goodToken) throws IOException {
    byte[] words = CONTENT.repeat(64 * 1024 / CONTENT.length()).getBytes(UTF_8);
    byte[] bomb = WebhookTamperingTest.gzip(new byte[64 * MIB]);
    List<Flood> floods = new ArrayList<>();
    for (long bytes : new long[] {10L * MIB, 100L * MIB, 1024L * MIB}) {
      for (boolean announced : new boolean[] {true, false}) {
        floods.add(new Flood("no token", null, bytes, announced, words));
        floods.add(new Flood("a bad token", "a.bad.token", bytes, announced, words));
        floods.add(new Flood("a good token", goodToken, bytes, announced, words));
        floods.add(new Flood("a bomb", goodToken, bytes, announced, bomb));
      }
    }
    return floods;
  }

  /** What was answered, how long the connection lived on, and how much of the body was taken. */
  record End(RawAnswer answer, long closedAfterMs, long sentBytes) {}

  End send(URI base) throws IOException {
    try (RawConnection connection = new RawConnection(base)) {
      connection.head(
          token == null ? List.of() : List.of(token),
          announced ? "Content-Length: " + bytes : "Transfer-Encoding: chunked",
          "Content-Encoding: gzip");
      long sent = 0;
      try {
        while (sent < bytes) {
          if (announced) {
            connection.write(piece);
          } else {
            connection.chunk(piece);
          }
          sent += piece.length;
        }
      } catch (IOException cutOff) {
        // as it should be
      }
      return new End(connection.answer(), connection.closedAfterMs(), sent);
    }
  }

  void assertCutOff(End end) {
    boolean judged = token != null && token.length() > 20;
    assertEquals(judged ? 413 : 401, end.answer().status(), this::toString);
    assertTrue(end.answer().isProblem(), () -> this + " " + end);
    assertFalse(end.answer().has("retry-after"));
    assertTrue(end.closedAfterMs() < CLOSED_MS_MAX, () -> this + " " + end);
  }
}
