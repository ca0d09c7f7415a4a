package dev.voiceledger.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.voiceledger.TestDatabase;
import dev.voiceledger.TestDatabases;
import dev.voiceledger.load.Load;
import dev.voiceledger.load.Phase;
import dev.voiceledger.load.Shot.Kind;
import dev.voiceledger.start.RunningService;
import java.net.URI;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * RELIABILITY F6: five times as much as the service can do, in an open loop that does not wait for
 * it: it goes on doing what it can, LiveKit loses nothing, and afterwards it is soon as before.
 */
class OverloadIT {
  private static final String NAME = "F6 overload";
  private static final int LINES = 64;
  private static final int LINES_OF_MANY = 1_500;
  private static final int TIMES = 5;
  private static final double WEBHOOKS_LOST_MAX = 0.001;
  private static final double RECOVERED_SECONDS_MAX = Scenario.pick(10.0, 5.0);

  /** In the short form the client's own share of the processors is not to be told apart. */
  private static final double GOODPUT_MIN = Scenario.pick(0.4, 0.8);

  private TestDatabase database;
  private URI base;

  @Test
  void five_times_too_much_does_not_bring_it_down() throws Exception {
    var random = Scenario.random(NAME);
    database = TestDatabases.on18().fresh();
    try (RunningService service = RunningService.start(database);
        Traffic traffic = new Traffic(database, "f6", random, Scenario.pick(16_000, 40_000))) {
      base = URI.create("http://127.0.0.1:" + service.port);
      double most = most(traffic);
      Phase over = new Phase(TIMES * most, Scenario.pick(10, 300));
      Phase after = new Phase(most / 2, Scenario.pick(12, 20));
      Blend blend = blend(traffic, List.of(over, after));
      run(blend, LINES_OF_MANY);
      Scenario.says(NAME, "five times: " + over);
      Scenario.says(
          NAME,
          "half of it afterwards: %s; trouble for %.1f s".formatted(after, after.troubleSeconds()));
      assertNothingIsLost(traffic, blend, over);
      assertEquals(0, over.odd() + after.odd(), "200, 201 and 503 are all that is said");
      assertTrue(over.goodPerSecond() > GOODPUT_MIN * most, "it does what it can");
      assertTrue(after.troubleSeconds() < RECOVERED_SECONDS_MAX, "it recovers");
    }
  }

  private static Blend blend(Traffic traffic, List<Phase> phases) {
    return new Blend(traffic.requests(), Traffic.RHYTHM, Set.of(Kind.POST), phases);
  }

  private void run(Blend blend, int lines) throws Exception {
    try (Load load = new Load(base, lines)) {
      load.run(blend);
    }
  }

  /** Requests a second in a closed loop, when the JVM is warm. */
  private double most(Traffic traffic) throws Exception {
    Phase warm = new Phase(0, Scenario.pick(5, 30));
    Phase most = new Phase(0, Scenario.pick(4, 20));
    run(blend(traffic, List.of(warm, most)), LINES);
    Scenario.says(NAME, "at most: " + most);
    return most.goodPerSecond();
  }

  /** What LiveKit gives up is counted, and brought once more so that the rows can be compared. */
  private void assertNothingIsLost(Traffic traffic, Blend blend, Phase over) throws Exception {
    long lost = blend.lost().stream().filter(shot -> shot.kind() == Kind.WEBHOOK).count();
    long webhooks = over.count(Kind.WEBHOOK, 200) + lost;
    String told =
        "%d webhooks, %d lost; %d messages lost; %d requests sent again"
            .formatted(webhooks, lost, blend.lost().size() - lost, blend.sentAgain());
    Scenario.says(NAME, told);
    assertTrue(lost <= WEBHOOKS_LOST_MAX * webhooks, told);
    assertEquals(lost, blend.lost().size(), "who is patient is taken in the end");
    traffic.finish(base, blend.lost());
    Scenario.says(NAME, traffic.check());
  }
}
