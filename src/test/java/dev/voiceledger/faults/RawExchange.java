package dev.voiceledger.faults;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.util.regex.Pattern;

/**
 * Bytes that no decent client would send, and all that comes back.
 *
 * @param text of the answers, as it came
 * @param closed whether the service ended the connection
 * @param ms until it did, or until waiting was given up
 */
record RawExchange(String text, boolean closed, long ms) {
  private static final Pattern STATUS = Pattern.compile("HTTP/1\\.[01] (\\d{3}) ");

  /** Sends all at once and listens until the connection ends, at most so long. */
  static RawExchange of(URI base, String bytes, int waitMs) throws IOException {
    return of(base, bytes.getBytes(ISO_8859_1), waitMs);
  }

  static RawExchange of(URI base, byte[] bytes, int waitMs) throws IOException {
    long begin = System.nanoTime();
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    boolean closed = false;
    try (Socket socket = new Socket(base.getHost(), base.getPort())) {
      socket.setTcpNoDelay(true);
      Thread writer = Thread.ofVirtual().start(() -> write(socket, bytes));
      closed = read(socket, all, begin + waitMs * 1_000_000L);
      writer.interrupt();
    }
    return new RawExchange(
        all.toString(ISO_8859_1), closed, (System.nanoTime() - begin) / 1_000_000);
  }

  private static void write(Socket socket, byte[] bytes) {
    try {
      socket.getOutputStream().write(bytes);
    } catch (IOException cut) {
      // the other end has heard enough
    }
  }

  private static boolean read(Socket socket, ByteArrayOutputStream all, long end)
      throws IOException {
    byte[] buffer = new byte[8_192];
    InputStream in = socket.getInputStream();
    try {
      for (long left; (left = (end - System.nanoTime()) / 1_000_000) > 0; ) {
        socket.setSoTimeout((int) left);
        int length = in.read(buffer);
        if (length < 0) {
          return true;
        }
        all.write(buffer, 0, length);
      }
    } catch (SocketTimeoutException open) {
      return false;
    } catch (IOException reset) {
      return true;
    }
    return false;
  }

  /** How many answers there are. */
  int answers() {
    return (int) STATUS.matcher(text).results().count();
  }

  /** Of the first answer; 0 where there is none. */
  int status() {
    var found = STATUS.matcher(text);
    return found.find() ? Integer.parseInt(found.group(1)) : 0;
  }

  boolean has(String part) {
    return text.contains(part);
  }
}
