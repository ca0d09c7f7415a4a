package dev.voiceledger.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.voiceledger.TestDatabase;
import dev.voiceledger.TestDatabases;
import dev.voiceledger.faults.SlowClient.Kind;
import dev.voiceledger.history.Api;
import dev.voiceledger.history.People;
import dev.voiceledger.history.Tables;
import dev.voiceledger.live.Stream;
import dev.voiceledger.load.Load;
import dev.voiceledger.load.Phase;
import dev.voiceledger.load.Shot;
import dev.voiceledger.start.RunningService;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * RELIABILITY F8: many who are slow on purpose, in heads, bodies and reading, and who come again
 * when they are cut. Others are served as ever, and none of the slow is borne for long.
 */
class SlowlorisIT {
  private static final String NAME = "F8 slowloris";
  private static final int CLIENTS = Scenario.pick(200, 1_000);
  private static final double SECONDS = Scenario.pick(20, 300);
  private static final int LEGITIMATE_PER_SECOND = 50;
  private static final double P99_MS_MAX = 200;
  private static final double CUT_SECONDS_MAX = 30;

  /** The short form is over before those are cut who may be quiet or slow for longer. */
  private static final Set<Kind> CUT_SOON = EnumSet.of(Kind.HEAD, Kind.SECOND_HEAD, Kind.BODY);

  private static final double CUT_SOON_SECONDS_MAX = Scenario.pick(20, 12);

  private static final int LARGE = 200;

  private static final String CALL =
      """
      with person as (insert into users (id) values (?::uuid) on conflict do nothing)
      insert into voice_calls (session_id, user_id) values (gen_random_uuid(), ?::uuid)
      returning id\
      """;

  private static final String MESSAGES =
      """
      insert into voice_messages (call_id, role, content)
      select ?::uuid, 'user', repeat('x', 20000) from generate_series(1, ?)\
      """;

  private final Map<Kind, Integer> cut = new EnumMap<>(Kind.class);
  private final Map<Kind, Double> longest = new EnumMap<>(Kind.class);
  private final List<SlowClient> clients = new ArrayList<>();
  private volatile boolean over;

  @Test
  void the_slow_are_cut_and_the_others_are_served() throws Exception {
    var random = Scenario.random(NAME);
    TestDatabase database = TestDatabases.on18().fresh();
    try (RunningService service = RunningService.start(database);
        Traffic traffic = new Traffic(database, "f8", random, 1_000)) {
      URI base = URI.create("http://127.0.0.1:" + service.port);
      attackers(database, service.port);
      run(base, traffic, new Phase(0, Scenario.pick(4, 20)));
      Phase usual = new Phase(LEGITIMATE_PER_SECOND, Scenario.pick(4, 20));
      run(base, traffic, usual);
      Scenario.says(NAME, "before: " + usual);
      Vitals before = Vitals.of(service);
      CompletableFuture<Void> attack = CompletableFuture.runAsync(this::attack);
      Phase phase = new Phase(LEGITIMATE_PER_SECOND, SECONDS);
      try (Stream live = Stream.open(base, People.service(), Stream.ALL)) {
        run(base, traffic, phase);
        assertFalse(live.isOver(), "who listens is not slow");
      }
      Vitals within = Vitals.of(service);
      over = true;
      attack.get(30, TimeUnit.SECONDS);
      Scenario.says(
          NAME, "%d slow clients for %.0f s; others: %s".formatted(CLIENTS, SECONDS, phase));
      Scenario.says(NAME, "cut %s; borne for at most %s s".formatted(cut, rounded()));
      Scenario.says(NAME, "before: %s; within: %s".formatted(before, within));
      new Api(base).get(null, "/q/health/ready").is(200);
      assertServed(usual, phase);
      assertCut();
    }
  }

  private static void run(URI base, Traffic traffic, Phase phase) throws IOException {
    try (Load load = new Load(base, 32)) {
      load.run(new Blend(traffic.requests(), Traffic.RHYTHM, Set.of(), List.of(phase)));
    }
  }

  private void attackers(TestDatabase database, int port) {
    String person = People.somebody();
    String call = Tables.text(database, CALL, person, person);
    Tables.write(database, MESSAGES, call, LARGE);
    Map<Kind, String> begin = new EnumMap<>(Kind.class);
    String bearer = "Authorization: Bearer " + People.user(person) + "\r\n";
    String head = "GET /q/health/live HTTP/1.1\r\nHost: x\r\n";
    String large =
        "GET /api/v1/calls/"
            + call
            + "/messages?limit=200 HTTP/1.1\r\nHost: x\r\n"
            + bearer
            + "\r\n";
    begin.put(Kind.SILENCE, "");
    begin.put(Kind.HEAD, head + "X: ");
    begin.put(Kind.SECOND_HEAD, head + "\r\n" + head + "X: ");
    String body = "Host: x\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n";
    begin.put(Kind.BODY, "POST /api/v1/voice/messages HTTP/1.1\r\n" + bearer + body + "\r\n{");
    begin.put(Kind.UNASKED_BODY, "POST /q/health/live HTTP/1.1\r\n" + body + "\r\n{");
    begin.put(Kind.READING, large.repeat(8) + "GET /");
    Kind[] kinds = Kind.values();
    for (int i = 0; i < CLIENTS; i++) {
      Kind kind = kinds[i % kinds.length];
      clients.add(new SlowClient(kind, port, begin.get(kind)));
    }
  }

  private void attack() {
    try {
      while (!over) {
        for (SlowClient client : clients) {
          double borne = client.drip();
          if (borne >= 0) {
            cut.merge(client.kind, 1, Integer::sum);
            longest.merge(client.kind, borne, Math::max);
          }
        }
        TimeUnit.MILLISECONDS.sleep(900);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      clients.forEach(client -> longest.merge(client.kind, client.ageSeconds(), Math::max));
      clients.forEach(SlowClient::close);
    }
  }

  private Map<Kind, Long> rounded() {
    Map<Kind, Long> all = new EnumMap<>(Kind.class);
    longest.forEach((kind, seconds) -> all.put(kind, Math.round(seconds)));
    return all;
  }

  /** On a busy machine what was usual before is the measure. */
  private static void assertServed(Phase usual, Phase phase) {
    assertEquals(0, phase.odd(), "all have an answer");
    for (Shot.Kind kind : Shot.Kind.values()) {
      double p99 = phase.goodMs(kind, 0.99);
      if (Scenario.full()) {
        assertEquals(0, phase.count(kind, 503), "nobody is refused: " + kind);
        assertTrue(p99 < P99_MS_MAX, kind + " p99 " + p99);
      } else {
        double most = P99_MS_MAX + 4 * usual.goodMs(kind, 0.99);
        assertTrue(phase.goodMs(kind, 0.5) < most, kind + ": " + phase);
      }
    }
  }

  private void assertCut() {
    longest.forEach((kind, seconds) -> {
      double most = CUT_SOON.contains(kind) ? CUT_SOON_SECONDS_MAX : CUT_SECONDS_MAX + 2;
      assertTrue(seconds < most, kind + " was borne for " + seconds);
    });
    CUT_SOON.forEach(kind -> assertTrue(cut.getOrDefault(kind, 0) > 0, kind + " was cut"));
  }
}
