package dev.voiceledger.transcript;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.voiceledger.TestDatabase;
import dev.voiceledger.TestDatabases;
import dev.voiceledger.history.People;
import dev.voiceledger.start.RunningService;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The packaged service, with the heap that it has everywhere, and a call of 100,000 messages. */
class TranscriptIT {
  private static final int MESSAGES = 100_000;
  private static final int READERS = 4;
  private static final long GROWTH_BYTES_MAX = 48L * 1024 * 1024;

  private static final String CALL =
      """
      insert into voice_calls (id, session_id, started_at)
        values ('00000000-0000-4000-8000-000000000001', 'long', '2026-05-01 10:00Z');
      insert into voice_messages (call_id, sequence_number, segment_id, role, content, "timestamp")
        select '00000000-0000-4000-8000-000000000001', n, n, 'user',
          'message ' || n || repeat(' and some more words', 20),
          timestamptz '2026-05-01 10:00Z' + n * interval '1 s'
        from generate_series(1, 100000) n\
      """;

  @Test
  void a_call_of_100_000_messages_is_whole_and_takes_little_memory() throws Exception {
    TestDatabase database = TestDatabases.on18().fresh();
    database.asSuperuser(CALL);
    try (RunningService service = RunningService.start(database);
        HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
      assertEquals(MESSAGES, messages(http, service, "text"), "and the code is warm");
      long before = service.residentBytes();
      long most = before;
      for (String format : List.of("text", "json", "vtt")) {
        List<CompletableFuture<Long>> readers = new ArrayList<>();
        for (int i = 0; i < READERS; i++) {
          readers.add(CompletableFuture.supplyAsync(() -> messages(http, service, format)));
        }
        while (!readers.stream().allMatch(CompletableFuture::isDone)) {
          most = Math.max(most, service.residentBytes());
          Thread.sleep(20);
        }
        for (CompletableFuture<Long> reader : readers) {
          assertEquals(MESSAGES, reader.get(), format);
        }
      }
      long grown = most - before;
      System.err.printf(
          "resident: %d MiB, %d readers of %d messages at once + %d MiB%n",
          before >> 20, READERS, MESSAGES, grown >> 20);
      assertTrue(grown < GROWTH_BYTES_MAX, () -> "grown by " + grown);
    }
  }

  private static long messages(HttpClient http, RunningService service, String format) {
    URI uri =
        URI.create(
            "http://127.0.0.1:%d/api/v1/calls/long/transcript?format=%s"
                .formatted(service.port, format));
    HttpRequest request =
        HttpRequest.newBuilder(uri).header("Authorization", "Bearer " + People.service()).build();
    try (Stream<String> lines = http.send(request, BodyHandlers.ofLines()).body()) {
      return lines.filter(line -> line.contains("message ")).count();
    } catch (java.io.IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
