package dev.voiceledger.live;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.voiceledger.TestDatabase;
import dev.voiceledger.TestDatabases;
import dev.voiceledger.history.Api;
import dev.voiceledger.history.People;
import dev.voiceledger.history.Tables;
import dev.voiceledger.start.RunningService;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * Streams of a replica that stops: told as ever while it only looks unready, then brought to their
 * end, so that nobody is cut and nobody keeps the process.
 */
class LiveStopIT {
  /** Long, for all that has to happen meanwhile on a busy machine. */
  private static final Map<String, String> DELAY = Map.of("QUARKUS_SHUTDOWN_DELAY", "6s");

  private static final int SECONDS_MAX = 60;

  private static URI base(RunningService replica) {
    return URI.create("http://localhost:" + replica.port + "/");
  }

  private static void post(RunningService replica, String call, String content) {
    String body = "{\"call_id\":\"%s\",\"role\":\"user\",\"content\":\"%s\"}";
    new Api(base(replica))
        .post(People.service(), "/api/v1/voice/messages", body.formatted(call, content))
        .is(201);
  }

  private static CompletableFuture<Void> stopped(RunningService replica) {
    return CompletableFuture.runAsync(() -> {
      try {
        replica.stop();
      } catch (InterruptedException e) {
        throw new CompletionException(e);
      }
    });
  }

  private static void awaitUnready(RunningService replica) throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS_MAX);
    while (replica.status("/q/health/ready") == 200) {
      assertTrue(System.nanoTime() < end, "it stays ready");
      TimeUnit.MILLISECONDS.sleep(20);
    }
  }

  @Test
  void streams_end_when_clients_find_another_replica_and_nothing_is_missed() throws Exception {
    TestDatabase database = TestDatabases.on18().fresh();
    String call =
        Tables.text(
            database,
            "insert into voice_calls (session_id) values (gen_random_uuid()) returning id");
    try (RunningService going = RunningService.start(database, DELAY);
        RunningService staying = RunningService.start(database, DELAY)) {
      Stream all = Stream.open(base(going), People.service(), Stream.ALL);
      Stream one = Stream.open(base(going), People.service(), Stream.of(call));
      List<Stream> both = List.of(all, one);
      CompletableFuture<Void> stopped = stopped(going);
      awaitUnready(going);
      both.forEach(stream -> assertFalse(stream.isOver(), "ended before anybody could know"));
      post(staying, call, "meanwhile");
      both.forEach(stream -> stream.next("message", "content", "meanwhile"));

      both.forEach(Stream::ends);

      both.forEach(stream -> assertTrue(stream.isWhole(), "cut, as by the end of the process"));
      post(staying, call, "afterwards");
      for (Stream stream : both) {
        String path = stream == all ? Stream.ALL : Stream.of(call);
        try (Stream back = Stream.resume(base(staying), People.service(), path, stream.lastId())) {
          assertEquals("afterwards", back.next("message", "content", "afterwards").at("content"));
        }
      }
      stopped.get(SECONDS_MAX, TimeUnit.SECONDS);
    }
  }
}
