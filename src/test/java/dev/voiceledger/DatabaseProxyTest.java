package dev.voiceledger;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Each way in which the proxy is bad, against a server that says everything again. */
class DatabaseProxyTest {
  private static final byte[] WORD = {1, 2, 3, 4, 5};
  private static final int SILENT_MS = 300;
  private static final int ANSWER_MS_MAX = 10_000;

  private static final int LONG = 20_000;

  private final AtomicInteger ended = new AtomicInteger();
  private final AtomicInteger reads = new AtomicInteger();
  private ServerSocket echo;
  private DatabaseProxy proxy;

  @BeforeEach
  void begin() throws IOException {
    echo = new ServerSocket(0, 64, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(this::serve);
    proxy = new DatabaseProxy(echo.getLocalPort());
  }

  @AfterEach
  void end() throws IOException {
    proxy.close();
    echo.close();
  }

  private void serve() {
    while (!echo.isClosed()) {
      try {
        Socket one = echo.accept();
        Thread.ofVirtual().start(() -> repeat(one));
      } catch (IOException closed) {
        // The end.
      }
    }
  }

  private void repeat(Socket one) {
    byte[] buffer = new byte[1 << 16];
    try (one) {
      for (int length; (length = one.getInputStream().read(buffer)) >= 0; ) {
        reads.incrementAndGet();
        one.getOutputStream().write(buffer, 0, length);
      }
    } catch (IOException broken) {
      // As an end.
    }
    ended.incrementAndGet();
  }

  private Socket connected() throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), proxy.port());
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(ANSWER_MS_MAX);
    return socket;
  }

  /** Milliseconds until all came back, unchanged. */
  private static long said(Socket socket, byte[] bytes) throws IOException {
    long start = System.nanoTime();
    Thread.ofVirtual().start(() -> tell(socket, bytes));
    assertArrayEquals(bytes, socket.getInputStream().readNBytes(bytes.length));
    return (System.nanoTime() - start) / 1_000_000;
  }

  private static void tell(Socket socket, byte[] bytes) {
    try {
      socket.getOutputStream().write(bytes);
    } catch (IOException broken) {
      // The reader notices.
    }
  }

  private static void assertSilent(Socket socket) throws IOException {
    socket.setSoTimeout(SILENT_MS);
    tell(socket, WORD);
    assertThrows(SocketTimeoutException.class, () -> socket.getInputStream().read());
    socket.setSoTimeout(ANSWER_MS_MAX);
  }

  private static byte[] random(int length) {
    byte[] bytes = new byte[length];
    new Random(7).nextBytes(bytes);
    return bytes;
  }

  @Test
  void it_passes_everything_on_and_closings_too() throws Exception {
    try (Socket socket = connected()) {
      said(socket, random(1 << 20));
      assertEquals(1, proxy.open());
    }
    awaitEnded();
    assertEquals(0, proxy.open());
  }

  private void awaitEnded() throws InterruptedException {
    long end = System.nanoTime() + ANSWER_MS_MAX * 1_000_000L;
    while (ended.get() == 0 && System.nanoTime() < end) {
      Thread.sleep(10);
    }
    assertEquals(1, ended.get());
  }

  @Test
  void latency_is_of_both_ways_and_ends() throws IOException {
    try (Socket socket = connected()) {
      proxy.latency(100, 50);
      long late = said(socket, random(200_000));
      proxy.heal();
      said(socket, WORD);
      assertTrue(late >= 200, late + " ms");
      assertTrue(late < 2_000, "each piece waits for the one before: " + late + " ms");
    }
  }

  @Test
  void slices_arrive_one_by_one() throws IOException {
    try (Socket socket = connected()) {
      said(socket, random(LONG));
      int whole = reads.getAndSet(0);
      proxy.slice(1);
      said(socket, random(LONG));
      assertTrue(reads.get() > 20 * whole, reads.get() + " pieces, " + whole + " before");
    }
  }

  @Test
  void a_narrow_way_takes_its_time() throws IOException {
    try (Socket socket = connected()) {
      proxy.bandwidth(64_000);
      long ms = said(socket, random(32_000));
      assertTrue(ms >= 450, ms + " ms for half a second's worth");
    }
  }

  @Test
  void what_was_stalled_comes_after_all() throws IOException {
    try (Socket socket = connected()) {
      proxy.stall();
      assertSilent(socket);
      proxy.heal();
      assertArrayEquals(WORD, socket.getInputStream().readNBytes(WORD.length));
    }
  }

  @Test
  void what_was_forgotten_stays_so_and_nobody_is_told() throws Exception {
    try (Socket old = connected()) {
      said(old, WORD);
      proxy.forget();
      assertSilent(old);
      try (Socket meanwhile = connected()) {
        assertSilent(meanwhile);
        proxy.heal();
        assertSilent(meanwhile);
      }
      assertSilent(old);
      try (Socket next = connected()) {
        said(next, WORD);
      }
      awaitEnded(); // of the new one
      old.shutdownOutput();
      Thread.sleep(SILENT_MS);
      assertEquals(1, ended.get(), "the server was told of the other's end");
    }
    assertEquals(2, proxy.open());
  }

  @Test
  void a_reset_is_one() throws IOException {
    try (Socket socket = connected()) {
      said(socket, WORD);
      proxy.reset();
      SocketException broken =
          assertThrows(SocketException.class, () -> socket.getInputStream().read());
      assertTrue(broken.getMessage().contains("reset"), broken.getMessage());
      try (Socket next = connected()) {
        said(next, WORD);
      }
    }
  }

  @Test
  void a_cut_is_an_end() throws IOException {
    try (Socket socket = connected()) {
      said(socket, WORD);
      proxy.cut();
      assertEquals(-1, socket.getInputStream().read());
    }
  }

  @Test
  void away_turns_away_who_is_there_and_who_comes() throws IOException {
    try (Socket socket = connected()) {
      said(socket, WORD);
      proxy.away();
      assertEquals(-1, socket.getInputStream().read());
      assertFalse(isServed());
      proxy.heal();
      assertTrue(isServed());
    }
  }

  private boolean isServed() throws IOException {
    try (Socket socket = connected()) {
      socket.getOutputStream().write(WORD);
      return socket.getInputStream().read() == WORD[0];
    } catch (SocketException broken) {
      return false;
    }
  }
}
