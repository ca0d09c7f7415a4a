package dev.voiceledger.webhook;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.voiceledger.TestDatabases;
import dev.voiceledger.start.RunningService;
import dev.voiceledger.webhook.Flood.End;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** What the kernel says the packaged service takes, as {@code ./voiceledger run} starts it. */
class WebhookFloodIT {
  private static final long GROWTH_BYTES_MAX = 20L * 1024 * 1024;
  private static final int ROUNDS = 3;

  @Test
  void no_body_makes_the_service_grow() throws Exception {
    try (RunningService service = RunningService.start(TestDatabases.on18().fresh())) {
      URI base = URI.create("http://127.0.0.1:" + service.port);
      assertEquals(200, new LiveKitSender(base).post(Webhooks.roomStarted("RM_1", "one", 1, 1)));
      long before = service.residentBytes();
      long most = before;
      for (int round = 0; round < ROUNDS; round++) {
        most = Math.max(most, flooded(service, base));
      }
      System.err.printf(
          "resident: %d MiB, flooded at most + %d MiB%n", before >> 20, most - before >> 20);
      long grown = most - before;
      assertTrue(grown < GROWTH_BYTES_MAX, () -> "grown by " + grown);
    }
  }

  /** All floods at once; what the service took at most meanwhile. */
  private static long flooded(RunningService service, URI base) throws Exception {
    String token = LiveKitSender.sign("something else".getBytes(StandardCharsets.UTF_8));
    List<Flood> floods = Flood.ofEverySize(token);
    long most = 0;
    try (ExecutorService senders = Executors.newFixedThreadPool(floods.size())) {
      List<Future<End>> ends =
          floods.stream().map(flood -> senders.submit(() -> flood.send(base))).toList();
      while (!ends.stream().allMatch(Future::isDone)) {
        most = Math.max(most, service.residentBytes());
        Thread.sleep(5);
      }
      for (int i = 0; i < floods.size(); i++) {
        floods.get(i).assertCutOff(ends.get(i).get());
      }
    }
    return most;
  }
}
