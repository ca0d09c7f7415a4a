package dev.voiceledger.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.voiceledger.TestDatabase;
import dev.voiceledger.TestDatabases;
import dev.voiceledger.faults.History.Outcome;
import dev.voiceledger.history.Api;
import dev.voiceledger.history.Tables;
import dev.voiceledger.start.RunningService;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * D6: fifty clients append to the lists of a few calls and read them, while connections to the
 * database break; no dependency between what they did goes in a circle.
 */
class AppendsIT {
  private static final int CLIENTS = 50;
  private static final int CALLS = Scenario.pick(8, 40);
  private static final int TIMES = Scenario.pick(30, 150);
  private static final int BREAK_MILLIS = 200;

  private static final String CALL =
      "insert into voice_calls (session_id) values (gen_random_uuid()) returning id";

  private static final String BREAK =
      """
      select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and usename = 'voiceledger' order by random() limit 1\
      """;

  private final Queue<Asked> log = new ConcurrentLinkedQueue<>();
  private final Map<Integer, Integer> statuses = new ConcurrentSkipListMap<>();
  private final AtomicInteger broken = new AtomicInteger();

  @Test
  void nothing_that_clients_saw_goes_in_a_circle() throws Exception {
    Random random = Scenario.random("D6");
    TestDatabase database = TestDatabases.on18().fresh();
    List<String> calls =
        IntStream.range(0, CALLS).mapToObj(i -> Tables.text(database, CALL)).toList();
    try (RunningService service =
        RunningService.start(database, Map.of("RECONCILE_INTERVAL", "off"))) {
      Api api = new Api(URI.create("http://localhost:" + service.port + "/"));
      Thread breaker = Thread.ofVirtual().start(() -> breakOff(database));
      List<Supplier<Boolean>> clients = new ArrayList<>();
      for (int i = 0; i < CLIENTS; i++) {
        AppendClient client =
            new AppendClient("c" + i, random.nextLong(), api, calls, log, statuses);
        clients.add(() -> {
          client.work(TIMES);
          return true;
        });
      }
      Api.atOnce(clients);
      breaker.interrupt();
      breaker.join();
      readAll(new AppendClient("end", 0, api, calls, log, statuses));
    }
    judge();
  }

  /** A connection of the service's breaks, now and then. */
  private void breakOff(TestDatabase database) {
    try {
      while (true) {
        TimeUnit.MILLISECONDS.sleep(BREAK_MILLIS);
        broken.addAndGet(Tables.texts(database, BREAK).size());
      }
    } catch (InterruptedException _) {
      // Enough.
    }
  }

  /** Until everything is answered once; a pool may still have connections that were broken. */
  private void readAll(AppendClient client) {
    long late = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    int wanted;
    int got;
    do {
      wanted = log.size() + 2 * CALLS;
      client.readAll();
      got = log.size();
      assertTrue(System.nanoTime() < late, "the service does not recover");
    } while (got < wanted);
  }

  private void judge() {
    History history = Readings.history(log);
    Anomalies anomalies = Anomalies.of(history);
    Scenario.says(
        "D6",
        "%d clients, %d lists, %d connections broken, answers %s; %d transactions acknowledged,"
                .formatted(CLIENTS, 3 * CALLS, broken.get(), statuses, history.count(Outcome.OK))
            + " %d refused, %d nobody knows; anomalies: %s"
                .formatted(
                    history.count(Outcome.FAILED),
                    history.count(Outcome.UNKNOWN),
                    anomalies.toString().strip()));
    assertTrue(history.count(Outcome.FAILED) > 0, "some are refused");
    assertFalse(statuses.containsKey(500), "a connection that broke is no fault of the code");
    assertEquals("none", anomalies.toString());
  }
}
