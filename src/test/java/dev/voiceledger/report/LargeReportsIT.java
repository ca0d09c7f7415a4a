package dev.voiceledger.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.voiceledger.RawAnswer;
import dev.voiceledger.TestDatabase;
import dev.voiceledger.TestDatabases;
import dev.voiceledger.history.Api;
import dev.voiceledger.history.People;
import dev.voiceledger.history.Tables;
import dev.voiceledger.report.LargeReports.Large;
import dev.voiceledger.start.RunningService;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The largest reports against the packaged service, as {@code ./voiceledger run} starts it. */
class LargeReportsIT {
  private static final int AT_ONCE = 5;
  private static final int TRIES_MAX = 100;

  /** While five come; it was over two hundred when a report was held as often as it was long. */
  private static final int FULL_COLLECTIONS_MAX = 60;

  private static final String MESSAGES =
      """
      select count(*) from voice_messages m join voice_calls c on c.id = m.call_id
      where c.room_sid = ?\
      """;

  @TempDir Path folder;

  @Test
  void the_largest_are_taken_and_five_at_once_neither_kill_it_nor_lose_anything() throws Exception {
    TestDatabase database = TestDatabases.on18().fresh();
    Path collections = folder.resolve("gc.log");
    Map<String, String> settings = Map.of("JAVA_OPTS", "-Xlog:gc:file=" + collections);
    try (RunningService service = RunningService.start(database, settings)) {
      URI base = URI.create("http://127.0.0.1:" + service.port);
      long before = service.residentBytes();
      AtomicInteger refused = new AtomicInteger();
      for (Map.Entry<String, Large> each : LargeReports.ofEveryKind().entrySet()) {
        String sid = "RM_" + each.getKey().replace(' ', '_');
        Large large = each.getValue();
        long start = System.nanoTime();
        int status = sent(base, large.body().apply(sid), refused);
        System.err.printf(
            "%s: %d in %d ms, resident + %d MiB%n",
            each.getKey(),
            status,
            (System.nanoTime() - start) / 1_000_000,
            service.residentBytes() - before >> 20);
        assertEquals(201, status, each.getKey());
        assertEquals("" + large.items(), Tables.text(database, MESSAGES, sid), each.getKey());
      }
      long full = fullCollections(collections);
      fiveAtOnce(base, database);
      full = fullCollections(collections) - full;
      System.err.printf("%d full collections%n", full);
      assertTrue(full <= FULL_COLLECTIONS_MAX, "the heap is full: " + full + " collections");
      new Api(base).get(null, "/q/health/ready").is(200);
      System.err.printf("resident + %d MiB%n", service.residentBytes() - before >> 20);
    }
  }

  private static long fullCollections(Path log) throws IOException {
    try (Stream<String> lines = Files.lines(log)) {
      return lines.filter(line -> line.contains("Pause Full")).count();
    }
  }

  private static void fiveAtOnce(URI base, TestDatabase database) {
    AtomicInteger refused = new AtomicInteger();
    List<Supplier<Integer>> senders = new ArrayList<>();
    for (int i = 0; i < AT_ONCE; i++) {
      byte[] body = LargeReports.manyItems("RM_five" + i);
      senders.add(() -> sent(base, body, refused));
    }
    long start = System.nanoTime();
    assertEquals(List.of(201, 201, 201, 201, 201), Api.atOnce(senders));
    System.err.printf(
        "five at once: %d ms, %d times 503%n",
        (System.nanoTime() - start) / 1_000_000, refused.get());
    assertTrue(refused.get() > 0, "five do not fit");
    for (int i = 0; i < AT_ONCE; i++) {
      assertEquals(
          "" + Report.ITEMS_MAX, Tables.text(database, MESSAGES, "RM_five" + i), "RM_five" + i);
    }
  }

  /** Whoever is told to come again does so, until it is taken. */
  private static int sent(URI base, byte[] body, AtomicInteger refused) {
    try {
      for (int i = 0; i < TRIES_MAX; i++) {
        RawAnswer answer = Upload.of(base, People.service(), body);
        if (answer.status() != 503) {
          return answer.status();
        }
        assertTrue(answer.body().contains("urn:voiceledger:problem:overloaded"), answer.body());
        assertTrue(answer.head().contains("retry-after: "), answer.head());
        refused.incrementAndGet();
        TimeUnit.SECONDS.sleep(2); // as it was told
      }
      return 503;
    } catch (IOException | InterruptedException broken) {
      throw new IllegalStateException(broken);
    }
  }
}
