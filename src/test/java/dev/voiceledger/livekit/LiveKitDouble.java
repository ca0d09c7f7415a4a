package dev.voiceledger.livekit;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.auth0.jwt.JWT;
import com.auth0.jwt.algorithms.Algorithm;
import com.auth0.jwt.exceptions.JWTVerificationException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.voiceledger.FreshDatabase;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * Stands for a LiveKit server where a test needs one that fails in a certain way: speaks Twirp over
 * real HTTP, keeps rooms in memory, judges tokens, and writes down what it was asked. A real server
 * answers the same calls in LiveKitClientIT.
 *
 * <p>For an application under test: {@code @WithTestResource(LiveKitDouble.class)}, and a field of
 * this type to be injected.
 */
public final class LiveKitDouble implements QuarkusTestResourceLifecycleManager, AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int HUGE_BYTES = 8 << 20;

  /** What it was asked: the method's name, the message, and the claims of the token. */
  public record Asked(String path, JsonNode message, JsonNode claims) {
    public String method() {
      return path.substring(path.lastIndexOf('/') + 1);
    }
  }

  /** Answers in its own way where a test wants trouble. */
  private interface Way {
    void answer(HttpExchange exchange, Asked asked) throws IOException, InterruptedException;
  }

  public final RoomsInMemory rooms = new RoomsInMemory();
  private final List<Asked> asked = new CopyOnWriteArrayList<>();
  private final CountDownLatch closed = new CountDownLatch(1);
  private HttpServer server;
  private int port;
  private volatile Way way = this::works;

  @Override
  public Map<String, String> start() {
    if (server == null) {
      listen();
    }
    return Map.of("livekit.api-url", url().toString());
  }

  @Override
  public void inject(TestInjector injector) {
    injector.injectIntoFields(this, new TestInjector.MatchesType(LiveKitDouble.class));
  }

  @Override
  public void stop() {
    close();
  }

  /** Listens, and works. */
  public static LiveKitDouble started() {
    LiveKitDouble livekit = new LiveKitDouble();
    livekit.start();
    return livekit;
  }

  public URI url() {
    return URI.create("http://127.0.0.1:" + port);
  }

  /** Everything since the start or the last {@link #works}, in the order of arrival. */
  public List<Asked> asked() {
    return List.copyOf(asked);
  }

  /** The sids of the rooms that live, by name. */
  public Map<String, String> rooms() {
    return rooms.sids();
  }

  /** As it should; forgets what it was asked, not its rooms. */
  public void works() {
    if (server == null) {
      listen();
    }
    asked.clear();
    way = this::works;
  }

  /** Nobody listens. */
  public void down() {
    server.stop(0);
    server = null;
  }

  /** Does what it is asked at once, and says so late. */
  public void slow(Duration by) {
    way =
        (exchange, request) -> {
          Optional<String> said = rooms.answer(request.method(), request.message());
          closed.await(by.toMillis(), TimeUnit.MILLISECONDS);
          answer(exchange, said);
        };
  }

  /** One answer to everything, such as 500 or 401, or 200 and no JSON. */
  public void answers(int status, String body) {
    way = (exchange, request) -> send(exchange, status, body);
  }

  /** The same with a Location. */
  public void redirects(int status, URI to) {
    way =
        (exchange, request) -> {
          exchange.getResponseHeaders().add("Location", to.toString());
          send(exchange, status, "");
        };
  }

  /** Takes requests and is silent. */
  public void neverAnswers() {
    way = (exchange, request) -> closed.await();
  }

  /** A valid room of 8 MiB. */
  public void hugeAnswers() {
    String room = "{\"sid\":\"RM_huge\",\"creation_time\":\"1\",\"metadata\":\"%s\"}";
    answers(200, room.formatted("x".repeat(HUGE_BYTES)));
  }

  /** The connection closes in the middle of a body. */
  public void breaksOff() {
    way =
        (exchange, request) -> {
          exchange.sendResponseHeaders(200, 1000);
          exchange.getResponseBody().write("{\"sid\":\"RM_".getBytes(UTF_8));
          exchange.getResponseBody().flush();
          throw new IOException("broken off on purpose");
        };
  }

  /** The connection closes before any answer. */
  public void hangsUp() {
    way =
        (exchange, request) -> {
          throw new IOException("hung up on purpose");
        };
  }

  /** A byte now and then, and no end. */
  public void trickles() {
    way =
        (exchange, request) -> {
          exchange.sendResponseHeaders(200, 0);
          do {
            exchange.getResponseBody().write(' ');
            exchange.getResponseBody().flush();
          } while (!closed.await(100, TimeUnit.MILLISECONDS));
        };
  }

  private void listen() {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    port = server.getAddress().getPort();
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", this::answer);
    server.start();
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      JsonNode claims = claims(exchange);
      JsonNode message = JSON.readTree(exchange.getRequestBody());
      Asked request = new Asked(exchange.getRequestURI().getPath(), message, claims);
      asked.add(request);
      way.answer(exchange, request);
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  private static JsonNode claims(HttpExchange exchange) throws IOException {
    String header = exchange.getRequestHeaders().getFirst("Authorization");
    try {
      String payload =
          JWT.require(Algorithm.HMAC256(FreshDatabase.LIVEKIT_API_SECRET))
              .withIssuer(FreshDatabase.LIVEKIT_API_KEY)
              .build()
              .verify(header.replaceFirst("^Bearer ", ""))
              .getPayload();
      return JSON.readTree(Base64.getUrlDecoder().decode(payload));
    } catch (JWTVerificationException refused) {
      return null;
    }
  }

  private void works(HttpExchange exchange, Asked request) throws IOException {
    if (request.claims() == null) {
      send(exchange, 401, "invalid token");
    } else if (!RoomsInMemory.allows(request)) {
      send(exchange, 403, "{\"code\":\"permission_denied\",\"msg\":\"permissions denied\"}");
    } else if (request.method().equals("ListEgress") && rooms.isWithoutEgress()) {
      send(exchange, 500, RoomsInMemory.NO_EGRESS);
    } else {
      answer(exchange, rooms.answer(request.method(), request.message()));
    }
  }

  private static void answer(HttpExchange exchange, Optional<String> said) throws IOException {
    send(exchange, said.isPresent() ? 200 : 404, said.orElse(RoomsInMemory.NOT_FOUND));
  }

  private static void send(HttpExchange exchange, int status, String body) throws IOException {
    byte[] bytes = body.getBytes(UTF_8);
    exchange.getResponseHeaders().add("Content-Type", "application/json");
    exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
    exchange.getResponseBody().write(bytes);
  }

  @Override
  public void close() {
    closed.countDown();
    if (server != null) {
      down();
    }
  }
}
