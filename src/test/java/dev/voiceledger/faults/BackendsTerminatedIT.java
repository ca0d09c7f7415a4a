package dev.voiceledger.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.voiceledger.TestDatabase;
import dev.voiceledger.TestDatabases;
import dev.voiceledger.start.RunningService;
import java.net.URI;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** F1: an operator ends every backend of the service, again and again, while it works. */
class BackendsTerminatedIT {
  private static final String NAME = "F1";
  private static final long FAULT_MS = Scenario.pick(6_000, 60_000);
  private static final int EVENTS = Scenario.pick(800, 10_000);
  private static final int ROOMS = Scenario.pick(40, 500);
  private static final int MESSAGES = 30;
  private static final int SENDERS = 32;
  private static final int PEOPLE = 6;
  private static final int EVERY_MS = 200;
  private static final double FAILED_PERCENT_MAX = 5;
  private static final long USABLE_MS_MAX = Scenario.pick(20_000, 10_000);

  private static final String TERMINATE =
      """
      select count(pg_terminate_backend(pid)) from pg_stat_activity
      where datname = current_database() and usename = 'voiceledger'\
      """;

  private int terminated;

  @Test
  void nothing_is_wrong_nothing_is_lost_and_no_slot_leaks() throws Exception {
    TestDatabase database = TestDatabases.on18().fresh();
    Mix mix = new Mix(Scenario.random(NAME), "f1.", EVENTS, ROOMS, MESSAGES);
    try (RunningService service = RunningService.start(database);
        Crowd crowd = new Crowd(base(service), PEOPLE)) {
      Pace pace = new Pace(base(service), mix.parcels(), FAULT_MS);
      Couriers couriers = new Couriers(pace);
      couriers.begin(pace.parcels(), SENDERS);
      crowd.begin();
      terminate(database);
      long healed = System.nanoTime();
      List<Tried> asked = crowd.end();
      couriers.end();
      Slots slots = new Slots(database, base(service));
      long usable = slots.usableAfter(healed, USABLE_MS_MAX + 60_000);
      Scenario.says(NAME, "all %d slots usable after %d ms".formatted(Slots.ALL, usable));
      check(pace, couriers, asked, slots);
      Crowd.assertNoneWrong(asked, service);
      assertEquals(List.of(), mix.missing(database, couriers.acknowledged));
      mix.assertEqualsOracle(database);
      Scenario.says(NAME, mix + ": all rows equal the oracle");
    }
  }

  static URI base(RunningService service) {
    return URI.create("http://localhost:" + service.port + "/");
  }

  private void terminate(TestDatabase database) throws SQLException {
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(FAULT_MS);
    try (Connection operator = database.superuser();
        Statement statement = operator.createStatement()) {
      while (System.nanoTime() < end) {
        try (ResultSet row = statement.executeQuery(TERMINATE)) {
          row.next();
          terminated += row.getInt(1);
        }
        Crowd.pause(EVERY_MS);
      }
    }
  }

  private void check(Pace pace, Couriers couriers, List<Tried> asked, Slots slots) {
    int sent = pace.parcels().size();
    double failed = Pace.percent(couriers.givenUp.size(), sent);
    long refused = asked.stream().filter(Tried::isRefused).count();
    Scenario.says(
        NAME,
        "%d backends ended; of %d webhooks and posts %.2f %% not at the first try, %.2f %% never;"
                .formatted(terminated, sent, Pace.percent(pace.failedAtFirst(), sent), failed)
            + " answers %s; beside it %s, %.2f %% refused"
                .formatted(
                    couriers.answers, Tried.counts(asked), Pace.percent(refused, asked.size())));
    assertTrue(terminated > 0, "nothing was ended");
    assertTrue(failed < FAILED_PERCENT_MAX, failed + " % failed for good");
    assertEquals(0, slots.busy(), "busy with nothing");
  }
}
