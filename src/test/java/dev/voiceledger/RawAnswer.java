package dev.voiceledger;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;

/**
 * What came back on a connection that a test speaks by hand.
 *
 * @param head status line and headers, in lower case
 */
public record RawAnswer(int status, String head, String body) {
  private static final String LENGTH = "content-length: ";

  /**
   * The next answer on a connection.
   *
   * @throws IOException where the connection ends before it
   */
  public static RawAnswer read(InputStream in) throws IOException {
    return read(in, false);
  }

  /** The same; the answer to HEAD has a length and no body. */
  public static RawAnswer read(InputStream in, boolean headOnly) throws IOException {
    StringBuilder bytes = new StringBuilder();
    while (bytes.indexOf("\r\n\r\n") < 0) {
      int next = in.read();
      if (next < 0) {
        throw new IOException("closed without an answer: " + bytes);
      }
      bytes.append((char) next);
    }
    String head = bytes.toString().toLowerCase(Locale.ROOT);
    int length = headOnly ? 0 : length(head);
    int status = Integer.parseInt(head.substring(9, 12));
    return new RawAnswer(status, head, new String(in.readNBytes(length), UTF_8));
  }

  private static int length(String head) {
    int at = head.indexOf(LENGTH);
    return at < 0
        ? 0
        : Integer.parseInt(head.substring(at + LENGTH.length(), head.indexOf('\r', at)).strip());
  }

  /** Whether the head has this, in lower case. */
  public boolean has(String header) {
    return head.contains(header);
  }

  public boolean isProblem() {
    return has("content-type: application/problem+json") && body.contains("\"status\":" + status);
  }

  /** Whether it is a problem of this type of ours. */
  public boolean isProblem(String type) {
    return isProblem() && body.contains("\"urn:voiceledger:problem:" + type + "\"");
  }
}
