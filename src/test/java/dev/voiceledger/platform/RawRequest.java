package dev.voiceledger.platform;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.voiceledger.RawAnswer;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;

/** One request by hand, for what no decent client would send, and what came back first. */
final class RawRequest {
  private static final int WAIT_MS_MAX = 20_000;

  private RawRequest() {}

  /** Sends these bytes and no more, and reads the answer. */
  static RawAnswer send(URI base, String bytes) throws IOException {
    try (Socket socket = new Socket(base.getHost(), base.getPort())) {
      socket.setSoTimeout(WAIT_MS_MAX);
      Thread.ofVirtual().start(() -> write(socket, bytes));
      return RawAnswer.read(socket.getInputStream(), bytes.startsWith("HEAD"));
    }
  }

  /** Beside the reading: who is refused in the middle is told so before all is sent. */
  private static void write(Socket socket, String bytes) {
    try {
      socket.getOutputStream().write(bytes.getBytes(ISO_8859_1));
      socket.getOutputStream().flush();
    } catch (IOException closed) {
      return; // the answer is what counts
    }
  }
}
