package dev.voiceledger.webhook;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.voiceledger.RawAnswer;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** HTTP by hand, for what no decent client would send. What comes back is read all the while. */
final class RawConnection implements AutoCloseable {
  private static final int WAIT_SECONDS_MAX = 30;

  private final Socket socket;
  private final CompletableFuture<RawAnswer> answer = new CompletableFuture<>();
  private final CompletableFuture<Long> closed = new CompletableFuture<>();
  private volatile long answeredAt;

  RawConnection(URI base) throws IOException {
    socket = new Socket(base.getHost(), base.getPort());
    socket.setTcpNoDelay(true);
    Thread.ofVirtual().start(this::read);
  }

  /** A whole request to the webhook route with these Authorization headers. */
  static RawAnswer post(URI base, List<String> authorization, byte[] body) throws IOException {
    try (RawConnection connection = new RawConnection(base)) {
      connection.head(authorization, "Content-Length: " + body.length);
      connection.write(body);
      return connection.answer();
    }
  }

  void head(List<String> authorization, String... headers) throws IOException {
    StringBuilder head = new StringBuilder("POST " + WebhookResource.PATH + " HTTP/1.1\r\n");
    head.append("Host: localhost\r\nContent-Type: application/webhook+json\r\n");
    authorization.forEach(one -> head.append("Authorization: ").append(one).append("\r\n"));
    List.of(headers).forEach(one -> head.append(one).append("\r\n"));
    write(head.append("\r\n").toString().getBytes(ISO_8859_1));
  }

  void write(byte[] bytes) throws IOException {
    OutputStream out = socket.getOutputStream();
    out.write(bytes);
    out.flush();
  }

  /** One chunk of a chunked body. */
  void chunk(byte[] bytes) throws IOException {
    write((Integer.toHexString(bytes.length) + "\r\n").getBytes(ISO_8859_1));
    write(bytes);
    write("\r\n".getBytes(ISO_8859_1));
  }

  boolean isAnswered() {
    return answer.isDone();
  }

  RawAnswer answer() {
    return answer.orTimeout(WAIT_SECONDS_MAX, TimeUnit.SECONDS).join();
  }

  /** Milliseconds from the answer to the end of the connection, which the service makes. */
  long closedAfterMs() {
    long end = closed.orTimeout(WAIT_SECONDS_MAX, TimeUnit.SECONDS).join();
    return TimeUnit.NANOSECONDS.toMillis(end - answeredAt);
  }

  private void read() {
    try (InputStream in = new BufferedInputStream(socket.getInputStream())) {
      answer.complete(RawAnswer.read(in));
      answeredAt = System.nanoTime();
      while (in.read() >= 0) {
        // whatever more it says
      }
    } catch (IOException | RuntimeException e) {
      answer.completeExceptionally(e);
    } finally {
      closed.complete(System.nanoTime());
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
