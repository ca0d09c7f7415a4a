package dev.voiceledger.webhook;

import dev.voiceledger.webhook.RawConnection.Answer;
import java.io.IOException;
import java.net.URI;
import java.util.List;

/**
 * A body far too large, sent without end until the service cuts it off or all is said.
 *
 * @param token null for none
 * @param announced with a Content-Length, else in chunks
 */
record Flood(String name, String token, long bytes, boolean announced, byte[] piece) {

  /** What was answered, how long the connection lived on, and how much of the body was taken. */
  record End(Answer answer, long closedAfterMs, long sentBytes) {}

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
}
