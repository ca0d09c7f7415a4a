package dev.voiceledger.access;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.voiceledger.FreshDatabase;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Bodies that never end, as strangers and as users send them. */
@QuarkusTest
@WithTestResource(FreshDatabase.class)
class BodyGateTest {
  private static final int ONE = 256 * 1024;
  private static final int WAIT_MS = 5_000;

  @TestHTTPResource URI base;

  private Socket begun(String authorization, int bytes) throws IOException {
    Socket socket = new Socket(base.getHost(), base.getPort());
    socket.setSoTimeout(WAIT_MS);
    String head =
        "POST /api/v1/calls HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
            + authorization
            + "Content-Length: "
            + ONE
            + "\r\n\r\n";
    socket.getOutputStream().write(head.getBytes(US_ASCII));
    socket.getOutputStream().write(new byte[bytes]);
    return socket;
  }

  private static String status(Socket socket) throws IOException {
    return new String(socket.getInputStream().readNBytes(12), US_ASCII);
  }

  @Test
  void a_stranger_is_refused_before_the_body_is_there() throws IOException {
    try (Socket socket = begun("", 1)) {
      assertEquals("HTTP/1.1 401", status(socket));
    }
    try (Socket socket = begun("Authorization: Bearer x.y.z\r\n", 1)) {
      assertEquals("HTTP/1.1 401", status(socket));
    }
  }

  @Test
  void bodies_under_way_have_a_bound_together() throws IOException {
    String user = "Authorization: Bearer " + Tokens.user(UUID.randomUUID()) + "\r\n";
    List<Socket> open = new ArrayList<>();
    try {
      for (int i = 0; i <= 1 + BodyGate.ALL_BYTES_MAX / ONE; i++) {
        open.add(begun(user, ONE - 1));
      }
      assertTrue(refused(open) > 0, "of all those that do not fit");
    } finally {
      for (Socket socket : open) {
        socket.close();
      }
    }
  }

  /** Connections are not served in the order in which they came. */
  private static int refused(List<Socket> open) throws IOException {
    long end = System.nanoTime() + WAIT_MS * 1_000_000L;
    int refused = 0;
    while (refused == 0 && System.nanoTime() < end) {
      for (Socket socket : open) {
        if (socket.getInputStream().available() > 0) {
          assertEquals("HTTP/1.1 503", status(socket));
          refused++;
        }
      }
    }
    return refused;
  }
}
