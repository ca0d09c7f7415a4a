package dev.voiceledger.access;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.voiceledger.FreshDatabase;
import dev.voiceledger.history.People;
import dev.voiceledger.livekit.LiveKitDouble;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.vertx.core.Vertx;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is worked on counts, though its sender has hung up. */
@QuarkusTest
@WithTestResource(FreshDatabase.class)
@WithTestResource(LiveKitDouble.class)
class HeldBodyTest {
  private static final int BYTES = 1 << 20;
  private static final int WAIT_S = 30;
  private static final String WATCHED = "X-Watched";

  @TestHTTPResource URI base;
  @Inject BodyGate gate;
  @Inject Ends ends;
  LiveKitDouble livekit;

  /** Tells when a request is over and all who wanted to know of it do. */
  @ApplicationScoped
  static class Ends {
    private final CountDownLatch over = new CountDownLatch(1);

    void route(@Observes Router router) {
      router.route().order(-1_000_000).handler(this::watch);
    }

    private void watch(RoutingContext route) {
      if (route.request().headers().contains(WATCHED)) {
        route.addEndHandler(end -> Vertx.currentContext().runOnContext(told -> over.countDown()));
      }
      route.next();
    }

    boolean over() throws InterruptedException {
      return over.await(WAIT_S, TimeUnit.SECONDS);
    }
  }

  @AfterEach
  void letGo() {
    livekit.works();
  }

  @Test
  void a_body_counts_until_the_work_on_it_ends() throws Exception {
    livekit.neverAnswers();
    int asked = livekit.asked().size();
    try (Socket socket = new Socket(base.getHost(), base.getPort())) {
      post(socket);
      while (livekit.asked().size() == asked) {
        Thread.onSpinWait();
      }
    }
    assertTrue(ends.over());
    assertTrue(gate.used() >= BYTES, gate.used() + " bytes");
    livekit.works();
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(WAIT_S);
    while (gate.used() > 0 && System.nanoTime() < end) {
      Thread.onSpinWait();
    }
    assertEquals(0, gate.used());
  }

  /** Its room is asked for at LiveKit, which takes its time. */
  private static void post(Socket socket) throws IOException {
    String message = "{\"room_sid\":\"RM_untold\",\"role\":\"user\",\"content\":\"%s\"}";
    String body = message.formatted("x".repeat(BYTES));
    String head =
        "POST /api/v1/voice/messages HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
            + (WATCHED + ": yes\r\nAuthorization: Bearer " + People.agent("untold", "a"))
            + ("\r\nContent-Length: " + body.length() + "\r\n\r\n");
    socket.getOutputStream().write((head + body).getBytes(US_ASCII));
    socket.getOutputStream().flush();
  }
}
