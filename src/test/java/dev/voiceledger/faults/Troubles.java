package dev.voiceledger.faults;

import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.voiceledger.DatabaseProxy;
import dev.voiceledger.TestDatabase;
import dev.voiceledger.history.People;
import dev.voiceledger.history.Tables;
import dev.voiceledger.load.Load;
import dev.voiceledger.load.Requests;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.TimeUnit;

/**
 * What may come over a service and its database, one after the other in an order of chance, with
 * rest between; each short enough for LiveKit's patience.
 */
final class Troubles implements AutoCloseable {
  private static final long REST_MS = Scenario.pick(800, 15_000);
  private static final long WHILE_MS = Scenario.pick(700, 4_000);
  private static final long STALL_MS = Scenario.pick(700, 2_000);
  private static final int READERS = 300;
  private static final String KILL =
      """
      select pg_terminate_backend(pid) from (select pid from pg_stat_activity
        where datname = current_database() and application_name like 'voiceledger%'
        order by random() limit 3) of_them\
      """;
  private static final String HOLD =
      """
      begin; lock table voice_calls in exclusive mode; select pg_sleep(0.4); commit\
      """;

  private interface Trouble {
    void come() throws IOException, InterruptedException;
  }

  private final Map<String, Trouble> all = new TreeMap<>();
  private final Map<String, Integer> came = new ConcurrentSkipListMap<>();
  private volatile Exception failure;
  private final Random random;
  private final DatabaseProxy proxy;
  private final Thread thread = Thread.ofPlatform().daemon().unstarted(this::run);

  /**
   * @param port of the service
   */
  Troubles(TestDatabase database, DatabaseProxy proxy, int port, Random random) {
    this.random = random;
    this.proxy = proxy;
    all.put("backends killed", () -> Tables.texts(database, KILL));
    all.put("rows locked", () -> database.asSuperuser(HOLD));
    all.put("connections cut", proxy::cut);
    all.put("connections reset", proxy::reset);
    all.put("stall", () -> meanwhile(proxy::stall, STALL_MS));
    all.put("forgotten connections", () -> meanwhile(proxy::forget, STALL_MS));
    all.put("database away", () -> meanwhile(proxy::away, STALL_MS));
    all.put("late bytes", () -> meanwhile(() -> proxy.latency(60, 60), WHILE_MS));
    all.put("bytes in slices", () -> meanwhile(() -> proxy.slice(32), WHILE_MS));
    all.put("a crowd of readers", () -> crowd(URI.create("http://127.0.0.1:" + port)));
  }

  private void meanwhile(Runnable trouble, long ms) throws InterruptedException {
    trouble.run();
    TimeUnit.MILLISECONDS.sleep(ms);
    proxy.heal();
  }

  private static void crowd(URI base) throws IOException {
    try (Load load = new Load(base, READERS)) {
      load.run(new Burst(Requests.get(People.service(), "/api/v1/calls?limit=50"), READERS));
    }
  }

  void begin() {
    thread.start();
  }

  private void run() {
    List<String> names = new ArrayList<>(all.keySet());
    try {
      while (!Thread.currentThread().isInterrupted()) {
        Collections.shuffle(names, random);
        for (String name : names) {
          TimeUnit.MILLISECONDS.sleep(REST_MS);
          all.get(name).come();
          came.merge(name, 1, Integer::sum);
        }
      }
    } catch (InterruptedException over) {
      Thread.currentThread().interrupt();
    } catch (IOException | RuntimeException broken) {
      failure = broken;
    }
  }

  /** Waits for what is under way, and heals. */
  @Override
  public void close() throws InterruptedException {
    thread.interrupt();
    thread.join();
    proxy.heal();
  }

  /** None of them was itself out of order; in the full form each came. */
  void check() {
    assertNull(failure);
    Set<String> wanted = Scenario.full() ? all.keySet() : Set.of();
    assertTrue(came.keySet().containsAll(wanted), came + " of " + all.keySet());
  }

  @Override
  public String toString() {
    return came.toString();
  }
}
