package dev.voiceledger.access;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.jose4j.jwk.JsonWebKey.OutputControlLevel;
import org.jose4j.jwk.PublicJsonWebKey;

/** A double of an identity provider: its key set over HTTP, up, down, or without an answer. */
final class KeySetDouble implements AutoCloseable {
  private final HttpServer server;
  private final AtomicInteger fetches = new AtomicInteger();
  private volatile byte[] body = "{\"keys\":[]}".getBytes(UTF_8);
  private volatile int status = 200;
  private volatile CountDownLatch silence = new CountDownLatch(0);

  KeySetDouble() {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.createContext("/", this::answer);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.start();
  }

  private void answer(HttpExchange exchange) throws IOException {
    fetches.incrementAndGet();
    try (exchange) {
      silence.await();
      if (status == 302) {
        exchange.getResponseHeaders().add("Location", url() + "/elsewhere");
      }
      exchange.sendResponseHeaders(status, body.length);
      exchange.getResponseBody().write(body);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort() + "/keys";
  }

  int fetches() {
    return fetches.get();
  }

  void publishes(List<PublicJsonWebKey> keys) {
    publishes(
        keys.stream()
            .map(key -> key.toJson(OutputControlLevel.PUBLIC_ONLY))
            .collect(Collectors.joining(",", "{\"keys\":[", "]}")));
  }

  void publishes(String text) {
    body = text.getBytes(UTF_8);
    status = 200;
  }

  void answers(int status) {
    this.status = status;
  }

  /** Takes connections and says nothing, until {@link #speaks}. */
  void isSilent() {
    silence = new CountDownLatch(1);
  }

  void speaks() {
    silence.countDown();
  }

  @Override
  public void close() {
    speaks();
    server.stop(0);
  }
}
