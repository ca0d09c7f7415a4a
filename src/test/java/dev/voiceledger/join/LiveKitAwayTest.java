package dev.voiceledger.join;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.voiceledger.FreshDatabase;
import dev.voiceledger.TestDatabase;
import dev.voiceledger.history.Api;
import dev.voiceledger.history.Api.Answer;
import dev.voiceledger.history.People;
import dev.voiceledger.history.Tables;
import dev.voiceledger.livekit.LiveKitDouble;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** RELIABILITY F13: a room that cannot be made is a call that failed, told within three seconds. */
@QuarkusTest
@WithTestResource(FreshDatabase.class)
@WithTestResource(LiveKitDouble.class)
class LiveKitAwayTest {
  private static final long ANSWER_MS_MAX = 3_000;
  private static final long OTHERS_MS_MAX = 100;
  private static final int HANGING = 50;

  private static final Map<String, Consumer<LiveKitDouble>> TROUBLES =
      Map.of(
          "down",
          LiveKitDouble::down,
          "slow",
          livekit -> livekit.slow(Duration.ofSeconds(6)),
          "silent",
          LiveKitDouble::neverAnswers,
          "trickling",
          LiveKitDouble::trickles,
          "500",
          livekit -> livekit.answers(500, "{\"code\":\"internal\",\"msg\":\"secret\"}"),
          "401",
          livekit -> livekit.answers(401, "invalid token"),
          "garbage",
          livekit -> livekit.answers(200, "<html>"),
          "empty",
          livekit -> livekit.answers(200, "{}"),
          "broken off",
          LiveKitDouble::breaksOff,
          "huge",
          LiveKitDouble::hugeAnswers);

  @TestHTTPResource URI base;
  LiveKitDouble livekit;
  TestDatabase database;

  private final String ada = People.somebody();
  private Api api;

  @BeforeEach
  void begin() {
    api = new Api(base);
    livekit.works();
  }

  @AfterEach
  void mend() {
    livekit.works();
  }

  private Answer late(String path, String body) {
    long start = System.nanoTime();
    Answer answer = api.post(People.user(ada), path, body);
    long ms = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
    assertTrue(ms < ANSWER_MS_MAX, ms + " ms");
    return answer.is(502, "livekit-unavailable");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "down",
        "slow",
        "silent",
        "trickling",
        "500",
        "401",
        "garbage",
        "empty",
        "broken off",
        "huge"
      })
  void the_call_stays_as_the_record_of_the_failure(String trouble) {
    TROUBLES.get(trouble).accept(livekit);
    Answer told = late(Api.CALLS, "{\"title\":\"kept\",\"metadata\":{\"a\":1}}");

    assertTrue(!told.body().contains("secret"), told.body());
    Answer calls = api.get(People.user(ada), Api.CALLS + "?include_total=true").is(200);
    assertEquals("1", calls.at("/total"), calls.body());
    assertEquals("failed", calls.at("/data/0/status"));
    assertEquals("room_not_created", calls.at("/data/0/end_reason"));
    assertEquals("kept", calls.at("/data/0/title"));
    assertEquals("1", calls.at("/data/0/metadata/a"));
    assertEquals(null, calls.at("/data/0/room_sid"));
    assertEquals(null, calls.at("/data/0/duration_seconds"));
    api.get(People.user(ada), Api.CALLS + "/" + calls.at("/data/0/id")).is(200);
    api.get(People.user(People.somebody()), Api.CALLS + "/" + calls.at("/data/0/id")).is(404);
    api.get(null, "/q/health/ready").is(200);
  }

  /** Nobody asked for a call to be made: there is none to keep. */
  @ParameterizedTest
  @ValueSource(strings = {"down", "slow", "500", "garbage"})
  void a_token_is_refused_in_time_too(String trouble) {
    TROUBLES.get(trouble).accept(livekit);
    late(Api.TOKEN, "{}");
    late(Api.TOKEN, "{\"room_name\":\"away " + trouble + "\"}");
    assertEquals(
        "0",
        Tables.text(
            database, "select count(*) from voice_calls where user_id = cast(? as uuid)", ada));
  }

  @Test
  void others_are_answered_at_once_while_many_wait_for_livekit() throws Exception {
    livekit.neverAnswers();
    String token = People.user(People.somebody());
    api.get(token, Api.CALLS).is(200);
    try (ExecutorService threads = Executors.newFixedThreadPool(HANGING)) {
      List<Future<Answer>> hanging = new ArrayList<>();
      for (int i = 0; i < HANGING; i++) {
        hanging.add(threads.submit(() -> api.post(People.user(ada), Api.CALLS, "{}")));
      }
      while (livekit.asked().isEmpty()) {
        Thread.onSpinWait();
      }
      List<Long> waits = waits(token);
      assertTrue(hanging.stream().noneMatch(Future::isDone), "they all still hang");
      assertTrue(waits.get(waits.size() / 2) < OTHERS_MS_MAX, waits + " ms");
      for (Future<Answer> one : hanging) {
        one.get().is(502, "livekit-unavailable");
      }
    }
    assertEquals(
        "50 failed",
        Tables.text(
            database,
            "select count(*) || ' ' || min(status::text) from voice_calls where user_id = ?::uuid",
            ada));
  }

  /** How long another route takes, in milliseconds, the shortest first. */
  private List<Long> waits(String token) {
    List<Long> waits = new ArrayList<>();
    for (int i = 0; i < 15; i++) {
      long start = System.nanoTime();
      api.get(token, Api.CALLS).is(200);
      waits.add(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start));
    }
    Collections.sort(waits);
    return waits;
  }
}
