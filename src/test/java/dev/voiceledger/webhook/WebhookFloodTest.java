package dev.voiceledger.webhook;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.voiceledger.FreshDatabase;
import dev.voiceledger.platform.BodyBudget;
import dev.voiceledger.webhook.Flood.End;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.io.IOException;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Bodies without end, without haste or without a sender: cut off, while others are served. */
@QuarkusTest
@TestProfile(Hostile.class)
@WithTestResource(FreshDatabase.class)
class WebhookFloodTest {
  private static final int MIB = 1024 * 1024;

  private static final int AT_ONCE = 6;

  @Inject BodyBudget budget;

  @TestHTTPResource URI base;

  @AfterEach
  void nothingIsLeftInTheBudget() {
    soon(() -> budget.used() == 0);
  }

  private static String goodToken(byte[] body) {
    return Forgeries.good(body, Instant.now().getEpochSecond());
  }

  private int ordinary(int number) {
    long now = Instant.now().getEpochSecond();
    String sid = "RM_ordinary" + number;
    return new LiveKitSender(base).post(Webhooks.roomStarted(sid, "ordinary", now * 1000, now));
  }

  private static void soon(BooleanSupplier condition) {
    long end = System.nanoTime() + 5_000_000_000L;
    while (!condition.getAsBoolean() && System.nanoTime() < end) {
      Thread.onSpinWait();
    }
    assertTrue(condition.getAsBoolean());
  }

  @Test
  void bodies_without_end_are_answered_and_cut_off_while_others_are_served() throws Exception {
    String token = goodToken("something else".getBytes(UTF_8));
    List<Flood> floods = Flood.ofEverySize(token);
    try (Logs logs = new Logs();
        ExecutorService senders = Executors.newFixedThreadPool(AT_ONCE)) {
      List<Future<End>> ends =
          floods.stream().map(flood -> senders.submit(() -> flood.send(base))).toList();
      int served = 0;
      while (!ends.stream().allMatch(Future::isDone)) {
        assertEquals(200, ordinary(++served));
      }
      for (int i = 0; i < floods.size(); i++) {
        floods.get(i).assertCutOff(ends.get(i).get());
      }
      assertTrue(served > 3, "others were served meanwhile");
      logs.assertSilentOn(List.of(token, token.split("\\.")[2], Flood.CONTENT));
    }
  }

  @Test
  void the_largest_body_is_kept_and_one_byte_more_is_413() throws IOException {
    String text = Webhooks.event("room_started", "RM_large", "large", 1_795_397_700).json() + "";
    byte[] largest = java.util.Arrays.copyOf(text.getBytes(UTF_8), 4 * MIB);
    java.util.Arrays.fill(largest, text.length(), largest.length, (byte) ' ');
    LiveKitSender livekit = new LiveKitSender(base);
    assertEquals(200, livekit.post(largest));
    byte[] larger = java.util.Arrays.copyOf(largest, largest.length + 1);
    assertEquals(413, RawConnection.post(base, List.of(goodToken(larger)), larger).status());
    try (RawConnection chunked = new RawConnection(base)) {
      chunked.head(List.of(goodToken(larger)), "Transfer-Encoding: chunked");
      chunked.chunk(larger);
      assertEquals(413, chunked.answer().status());
    }
  }

  @Test
  void a_body_that_drips_is_cut_off_after_ten_seconds_and_so_is_a_silent_one() throws Exception {
    try (RawConnection announced = new RawConnection(base);
        RawConnection chunked = new RawConnection(base);
        RawConnection silent = new RawConnection(base);
        RawConnection stranger = new RawConnection(base)) {
      long start = System.nanoTime();
      String token = goodToken(new byte[0]);
      announced.head(List.of(token), "Content-Length: 1000");
      chunked.head(List.of(token), "Transfer-Encoding: chunked");
      silent.head(List.of(token), "Content-Length: 1000");
      stranger.head(List.of(), "Content-Length: 1000");
      assertEquals(401, stranger.answer().status());
      for (int second = 0; second < 15 && !isOver(announced, chunked, silent); second++) {
        drip(announced, chunked);
        Thread.sleep(1_000);
      }
      assertTrue(System.nanoTime() - start < 13_000_000_000L);
      for (RawConnection slow : List.of(announced, chunked, silent)) {
        assertEquals(503, slow.answer().status());
        assertFalse(slow.answer().has("retry-after"));
        assertTrue(slow.closedAfterMs() < Flood.CLOSED_MS_MAX);
      }
    }
  }

  private static boolean isOver(RawConnection... connections) {
    return List.of(connections).stream().allMatch(RawConnection::isAnswered);
  }

  private static void drip(RawConnection announced, RawConnection chunked) {
    try {
      announced.write(new byte[] {' '});
      chunked.chunk(new byte[] {' '});
    } catch (IOException cutOff) {
      // the answer is there
    }
  }

  @Test
  void a_header_without_end_is_cut_off() throws IOException {
    List<String> headers = new ArrayList<>();
    for (int i = 0; i < 10_000; i++) {
      headers.add("X-" + i + ": " + i);
    }
    assertEquals(431, head(headers.toArray(String[]::new)));
    assertEquals(431, head("X-Long: " + "x".repeat(8 * MIB)));
    assertEquals(401, head("X-Fair: " + "x".repeat(8 * 1024), "Content-Length: 0"));
    assertEquals(200, ordinary(-2));
  }

  private int head(String... headers) throws IOException {
    try (RawConnection connection = new RawConnection(base)) {
      try {
        connection.head(List.of(), headers);
      } catch (IOException cutOff) {
        // the answer is there
      }
      return connection.answer().status();
    }
  }
}
