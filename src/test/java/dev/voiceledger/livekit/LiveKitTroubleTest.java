package dev.voiceledger.livekit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.voiceledger.FreshDatabase;
import dev.voiceledger.livekit.LiveKit.NewRoom;
import dev.voiceledger.livekit.LiveKit.Room;
import dev.voiceledger.platform.LiveKitKeys;
import dev.voiceledger.platform.ProblemException;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.Cancellable;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.impl.VertxInternal;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** However LiveKit fails, who asked is told within the time, and the next one is served. */
class LiveKitTroubleTest {
  private static final Duration TOLD_MAX = Duration.ofSeconds(3);
  private static final Duration LATE = Duration.ofSeconds(30);
  private static final NewRoom ROOM = new NewRoom("hidden-name", null, null, null, null, null);

  private Vertx vertx;
  private LiveKitDouble server;
  private LiveKit livekit;

  @BeforeEach
  void start() {
    vertx = Vertx.vertx();
    server = LiveKitDouble.started();
    livekit = at(server.url());
    livekit.createRoom(ROOM).await().atMost(LATE); // what a first use costs is not LiveKit's
  }

  private LiveKit at(URI url) {
    LiveKitKeys keys =
        new LiveKitKeys(
            FreshDatabase.LIVEKIT_API_KEY, FreshDatabase.LIVEKIT_API_SECRET, Optional.empty());
    return new LiveKit(new Twirp(vertx, new Signer(keys, InstantSource.system()), url));
  }

  @AfterEach
  void stop() throws Exception {
    server.close();
    vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
  }

  static Stream<Arguments> troubles() {
    String invalid = "{\"code\":\"invalid_argument\",\"msg\":\"hidden-name is too long\"}";
    return Stream.of(
        trouble("refused", LiveKitDouble::down, "(cannot be reached|broke)"),
        trouble("slow", livekit -> livekit.slow(LATE), "did not answer within 2500 ms"),
        trouble("silent", LiveKitDouble::neverAnswers, "did not answer within 2500 ms"),
        trouble("reset", LiveKitDouble::hangsUp, "broke"),
        trouble("cut", LiveKitDouble::breaksOff, "broke"),
        trouble("trickle", LiveKitDouble::trickles, "did not answer within 2500 ms"),
        trouble("500", livekit -> livekit.answers(500, "{\"code\":\"internal\"}"), "of its own"),
        trouble("503", livekit -> livekit.answers(503, "<html>"), "error of its own"),
        trouble("401", livekit -> livekit.answers(401, "invalid token"), "API key"),
        trouble("400", livekit -> livekit.answers(400, invalid), "refused the request"),
        trouble("404", livekit -> livekit.answers(404, "404 page not found"), "not speak"),
        trouble("gone", livekit -> livekit.answers(404, "{\"code\":\"not_found\"}"), "not speak"),
        trouble("302", livekit -> livekit.redirects(302, livekit.url()), "not speak"),
        trouble("garbage", livekit -> livekit.answers(200, "\u0000garbage{"), "not speak"),
        trouble("empty", livekit -> livekit.answers(200, ""), "not speak"),
        trouble("array", livekit -> livekit.answers(200, "[]"), "not speak"),
        trouble("no room", livekit -> livekit.answers(200, "{\"sid\":\"\"}"), "not speak"),
        trouble("deep", livekit -> livekit.answers(200, "[".repeat(100_000)), "not speak"),
        trouble("huge", LiveKitDouble::hugeAnswers, "not speak"));
  }

  private static Arguments trouble(String name, Consumer<LiveKitDouble> make, String told) {
    return arguments(name, make, told);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("troubles")
  void every_trouble_is_a_502_in_time(String name, Consumer<LiveKitDouble> make, String told) {
    make.accept(server);

    ProblemException failure = failure(livekit);

    assertEquals(502, failure.problem().status());
    assertEquals("urn:voiceledger:problem:livekit-unavailable", failure.problem().type());
    String detail = failure.problem().detail();
    assertTrue(detail.matches(".*" + told + ".*"), detail);
    assertTrue(!detail.contains("hidden"), detail);

    server.works();
    assertEquals("hidden-name", livekit.createRoom(ROOM).await().atMost(TOLD_MAX).name());
  }

  private static ProblemException failure(LiveKit livekit) {
    Uni<Room> call = livekit.createRoom(ROOM);
    return assertThrows(ProblemException.class, () -> call.await().atMost(TOLD_MAX));
  }

  @Test
  void a_name_that_is_nobodys_is_told() {
    ProblemException failure = failure(at(URI.create("http://nobody.invalid")));

    assertTrue(failure.problem().detail().contains("LIVEKIT_API_URL"));
  }

  @Test
  void a_listener_that_accepts_nobody_costs_no_more() throws IOException {
    try (ServerSocket deaf = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      LiveKit away = at(URI.create("http://127.0.0.1:" + deaf.getLocalPort()));
      // The first are silent, the others find the listener's queue full.
      assertEquals(Collections.nCopies(12, 502), statuses(away, 12));
    }
  }

  private static List<Integer> statuses(LiveKit livekit, int calls) {
    List<Uni<Integer>> asked =
        IntStream.range(0, calls)
            .mapToObj(i ->
                livekit
                    .createRoom(ROOM)
                    .map(room -> 200)
                    .onFailure(ProblemException.class)
                    .recoverWithItem(e -> ((ProblemException) e).problem().status()))
            .toList();
    return Uni.join().all(asked).andFailFast().await().atMost(TOLD_MAX);
  }

  @Test
  void two_hundred_late_answers_leave_no_connection_behind() {
    server.neverAnswers();
    assertEquals(Collections.nCopies(200, 502), statuses(livekit, 200));

    server.works();
    assertEquals(Collections.nCopies(64, 200), statuses(livekit, 64));
  }

  @Test
  void who_goes_away_gives_the_connection_back() throws InterruptedException {
    server.neverAnswers();
    CompletableFuture<Room> stays = livekit.createRoom(ROOM).subscribeAsCompletionStage();
    List<Cancellable> calls =
        IntStream.range(0, 64)
            .mapToObj(i -> livekit.createRoom(ROOM).subscribe().with(made -> {}))
            .toList();
    while (server.asked().size() < 16) {
      Thread.sleep(5);
    }
    calls.forEach(Cancellable::cancel);

    server.works();
    assertEquals("hidden-name", livekit.createRoom(ROOM).await().atMost(TOLD_MAX).name());
    assertFalse(stays.isDone(), "it was not the deadline that made room");
  }

  @Test
  void more_than_can_wait_are_told_at_once() {
    server.neverAnswers();
    List<Uni<String>> calls =
        IntStream.range(0, 300)
            .mapToObj(i ->
                livekit
                    .createRoom(ROOM)
                    .map(Room::name)
                    .onFailure(ProblemException.class)
                    .recoverWithItem(e -> ((ProblemException) e).problem().detail()))
            .toList();

    List<String> told = Uni.join().all(calls).andFailFast().await().atMost(TOLD_MAX);

    // Who comes while the sixteen connections are still being made waits for them among the others.
    long refused = told.stream().filter(why -> why.contains("waiting")).count();
    assertTrue(refused >= 300 - 16 - 256 && refused <= 300 - 256, refused + " were refused");
  }

  @ParameterizedTest
  @MethodSource("outcomes")
  void the_answer_comes_on_the_callers_context(Consumer<LiveKitDouble> way) throws Exception {
    way.accept(server);
    List<Context> callers =
        Stream.generate(() -> ((VertxInternal) vertx).createEventLoopContext().duplicate())
            .limit(8) // on other event loops than that of the connection, too
            .map(Context.class::cast)
            .toList();
    List<CompletableFuture<Context>> seen = callers.stream().map(this::contextOfAnswer).toList();

    for (int i = 0; i < callers.size(); i++) {
      assertSame(callers.get(i), seen.get(i).get(10, TimeUnit.SECONDS));
    }
  }

  private CompletableFuture<Context> contextOfAnswer(Context caller) {
    CompletableFuture<Context> seen = new CompletableFuture<>();
    caller.runOnContext(now ->
        livekit
            .createRoom(ROOM)
            .subscribe()
            .with(
                room -> seen.complete(Vertx.currentContext()),
                failure -> seen.complete(Vertx.currentContext())));
    return seen;
  }

  static Stream<Consumer<LiveKitDouble>> outcomes() {
    return Stream.of(LiveKitDouble::works, LiveKitDouble::neverAnswers, LiveKitDouble::down);
  }
}
