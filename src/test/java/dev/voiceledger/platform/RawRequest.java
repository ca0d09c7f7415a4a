package dev.voiceledger.platform;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.util.Locale;

/** One request by hand, for what no decent client would send, and what came back first. */
record RawRequest(int status, String head, String body) {
  private static final int WAIT_MS_MAX = 20_000;

  /** Sends these bytes and no more, and reads the answer. */
  static RawRequest send(URI base, String bytes) throws IOException {
    try (Socket socket = new Socket(base.getHost(), base.getPort())) {
      socket.setSoTimeout(WAIT_MS_MAX);
      Thread.ofVirtual().start(() -> write(socket, bytes));
      return read(socket.getInputStream(), bytes.startsWith("HEAD"));
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

  private static RawRequest read(InputStream in, boolean headOnly) throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      int next = in.read();
      if (next < 0) {
        throw new IOException("closed without an answer: " + head);
      }
      head.append((char) next);
    }
    String lower = head.toString().toLowerCase(Locale.ROOT);
    int at = lower.indexOf("content-length: ");
    int length =
        at < 0 || headOnly
            ? 0
            : Integer.parseInt(lower.substring(at + 16, lower.indexOf('\r', at)));
    String body = new String(in.readNBytes(length), ISO_8859_1);
    return new RawRequest(Integer.parseInt(head.substring(9, 12)), lower, body);
  }

  boolean isProblem(String type) {
    return head.contains("content-type: application/problem+json")
        && body.contains("\"urn:voiceledger:problem:" + type + "\"")
        && body.contains("\"status\":" + status);
  }
}
