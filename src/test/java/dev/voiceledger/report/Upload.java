package dev.voiceledger.report;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.voiceledger.RawAnswer;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** One request by hand: what comes back is read while the body is still being sent. */
final class Upload {
  private static final int WAIT_SECONDS_MAX = 60;
  private static final int PIECE_BYTES = 64 * 1024;

  private Upload() {}

  /** Sends a report to its end, or until the service closes the connection. */
  static RawAnswer of(URI base, String token, byte[] body) throws IOException {
    try (Socket socket = new Socket(base.getHost(), base.getPort())) {
      CompletableFuture<RawAnswer> answer = new CompletableFuture<>();
      Thread.ofVirtual().start(() -> read(socket, answer));
      String head =
          """
          POST /api/v1/livekit/session-reports HTTP/1.1\r
          Host: localhost\r
          Content-Type: application/json\r
          Authorization: Bearer %s\r
          Content-Length: %d\r
          \r
          """;
      try (OutputStream out = socket.getOutputStream()) {
        out.write(head.formatted(token, body.length).getBytes(ISO_8859_1));
        for (int sent = 0; sent < body.length; sent += PIECE_BYTES) {
          out.write(body, sent, Math.min(PIECE_BYTES, body.length - sent));
        }
        return answer.orTimeout(WAIT_SECONDS_MAX, TimeUnit.SECONDS).join();
      } catch (SocketException cutOff) {
        return answer.orTimeout(WAIT_SECONDS_MAX, TimeUnit.SECONDS).join(); // it says why
      }
    }
  }

  private static void read(Socket socket, CompletableFuture<RawAnswer> answer) {
    try {
      answer.complete(RawAnswer.read(new BufferedInputStream(socket.getInputStream())));
    } catch (IOException | RuntimeException broken) {
      answer.completeExceptionally(broken);
    }
  }
}
