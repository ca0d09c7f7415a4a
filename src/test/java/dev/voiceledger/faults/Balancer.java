package dev.voiceledger.faults;

import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A load balancer as small as can be: passes connections on to replicas in turn, knows nothing of
 * HTTP, and asks each replica twenty times a second whether it is ready.
 */
final class Balancer implements AutoCloseable {
  private static final int LOOK_MS = 50;
  private static final int ANSWER_MS_MAX = 2_000;

  private final ServerSocket server = new ServerSocket(0, 256, InetAddress.getLoopbackAddress());
  private final Map<Integer, Boolean> ready = new ConcurrentHashMap<>();
  private final AtomicInteger turn = new AtomicInteger();

  Balancer() throws IOException {
    Thread.ofPlatform().daemon().start(this::accept);
    Thread.ofPlatform().daemon().start(this::look);
  }

  int port() {
    return server.getLocalPort();
  }

  /** From now on looked at. */
  void add(int port) {
    ready.put(port, false);
  }

  void remove(int port) {
    ready.remove(port);
  }

  boolean isReady(int port) {
    return ready.getOrDefault(port, false);
  }

  private void look() {
    try {
      while (!server.isClosed()) {
        for (Integer port : ready.keySet()) {
          boolean is = isUp(port);
          ready.computeIfPresent(port, (known, was) -> is);
        }
        TimeUnit.MILLISECONDS.sleep(LOOK_MS);
      }
    } catch (InterruptedException over) {
      Thread.currentThread().interrupt();
    }
  }

  private static boolean isUp(int port) {
    try {
      URI probe = URI.create("http://127.0.0.1:" + port + "/q/health/ready");
      HttpURLConnection asked = (HttpURLConnection) probe.toURL().openConnection();
      asked.setConnectTimeout(ANSWER_MS_MAX);
      asked.setReadTimeout(ANSWER_MS_MAX);
      return asked.getResponseCode() == 200;
    } catch (IOException down) {
      return false;
    }
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket client = server.accept();
        int[] ports = ready.keySet().stream().filter(this::isReady).mapToInt(p -> p).toArray();
        if (ports.length == 0) {
          client.close();
        } else {
          int port = ports[Math.floorMod(turn.getAndIncrement(), ports.length)];
          Thread.ofVirtual().start(() -> join(client, port));
        }
      } catch (IOException closed) {
        // the next one
      }
    }
  }

  private static void join(Socket client, int port) {
    try {
      Socket replica = new Socket(InetAddress.getLoopbackAddress(), port);
      client.setTcpNoDelay(true);
      replica.setTcpNoDelay(true);
      Thread.ofVirtual().start(() -> pump(client, replica));
      pump(replica, client);
    } catch (IOException gone) {
      close(client);
    }
  }

  private static void pump(Socket from, Socket to) {
    byte[] buffer = new byte[16 * 1024];
    try (from;
        to) {
      InputStream in = from.getInputStream();
      for (int length; (length = in.read(buffer)) >= 0; ) {
        to.getOutputStream().write(buffer, 0, length);
      }
    } catch (IOException over) {
      // both ends are closed
    }
  }

  private static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException gone) {
      // it was closed
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
