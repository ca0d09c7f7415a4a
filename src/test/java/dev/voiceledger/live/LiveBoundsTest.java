package dev.voiceledger.live;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.voiceledger.FreshDatabase;
import dev.voiceledger.history.Api;
import dev.voiceledger.history.People;
import dev.voiceledger.livekit.LiveKitDouble;
import dev.voiceledger.platform.ProblemException;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Nobody takes more than their share, and nobody holds up the others. */
@QuarkusTest
@WithTestResource(FreshDatabase.class)
@WithTestResource(LiveKitDouble.class)
class LiveBoundsTest {
  private static final int LARGE = 900_000;

  @TestHTTPResource URI base;
  @Inject LiveReaders readers;

  private final String owner = People.somebody();
  private Api api;
  private String id;

  @BeforeEach
  void begin() {
    api = new Api(base);
    id = api.made(People.user(owner), "{}").get("id").asText();
  }

  private void post(String content) {
    api.post(
            People.user(owner),
            "/api/v1/voice/messages",
            "{\"call_id\":\"" + id + "\",\"role\":\"user\",\"content\":\"" + content + "\"}")
        .is(201);
  }

  private double dropped(String why) {
    return api.get(null, "/q/metrics")
        .body()
        .lines()
        .filter(line -> line.startsWith("voiceledger_live_dropped_total{why=\"" + why + "\"}"))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
        .sum();
  }

  @Test
  void a_person_has_so_many_streams_and_no_more() throws InterruptedException {
    List<Stream> streams = new ArrayList<>();
    for (int i = 0; i < Places.READERS_OF_ONE_MAX; i++) {
      streams.add(Stream.open(base, People.user(owner), i % 2 == 0 ? Stream.ALL : Stream.of(id)));
    }
    api.get(People.user(owner), Stream.ALL).is(429, "too-many-requests");
    assertTrue(
        api.get(People.user(owner), Stream.of(id)).headers().firstValue("retry-after").isPresent());
    Stream.open(base, People.service(), Stream.of(id)).close();
    int before = readers.places().taken();
    streams.getFirst().close();
    long late = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
    while (readers.places().taken() >= before) {
      assertTrue(System.nanoTime() < late, "its place is given back");
      Thread.sleep(10);
    }
    Stream.open(base, People.user(owner), Stream.ALL).close();
    streams.forEach(Stream::close);
  }

  @Test
  void a_replica_has_so_many_places_and_no_more() {
    Places places = new Places();
    var service = new dev.voiceledger.access.Caller("service_role", "{}", null, false, null);
    for (int i = 0; i < Places.READERS_MAX; i++) {
      places.take(service);
    }
    ProblemException full = assertThrows(ProblemException.class, () -> places.take(service));
    assertEquals(503, full.problem().status());
    places.give(service);
    places.take(service);
    assertEquals(Places.READERS_MAX, places.taken());
  }

  @Test
  void who_does_not_read_is_cut_and_the_others_are_served() throws Exception {
    double before = dropped("slow") + dropped("memory");
    try (Stream good = Stream.open(base, People.user(owner), Stream.of(id));
        Socket lazy = lazy()) {
      for (int i = 0; dropped("slow") + dropped("memory") == before; i++) {
        post("n" + i + "x".repeat(LARGE));
        assertTrue(good.next("message", null, null).at("content").startsWith("n" + i));
        assertTrue(i < 200, "somebody is cut");
      }
      post("after");
      assertEquals("after", good.next("message", null, null).at("content"));
      isGone();
    }
  }

  /** Its place is given back by the end of its connection, though it still reads nothing. */
  private void isGone() throws InterruptedException {
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
    while (readers.places().taken() > 1) {
      assertTrue(System.nanoTime() < until, "it is gone from the server");
      Thread.sleep(10);
    }
  }

  /** Asks, and never reads the answer. */
  private Socket lazy() throws IOException {
    Socket socket = new Socket();
    socket.setReceiveBufferSize(4096);
    socket.connect(new InetSocketAddress(base.getHost(), base.getPort()));
    String request =
        "GET %s HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\n\r\n"
            .formatted(Stream.of(id), People.service());
    socket.getOutputStream().write(request.getBytes());
    return socket;
  }

  @Test
  void what_is_too_large_to_be_told_is_read_where_it_stands() {
    try (Stream stream = Stream.open(base, People.user(owner), Stream.of(id))) {
      post("x".repeat(Event.BYTES_MAX));
      stream.next("reset", null, null);
      post("small");
      assertEquals("small", stream.next("message", "content", "small").at("content"));
    }
  }
}
