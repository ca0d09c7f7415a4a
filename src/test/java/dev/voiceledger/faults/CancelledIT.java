package dev.voiceledger.faults;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.voiceledger.TestDatabase;
import dev.voiceledger.TestDatabases;
import dev.voiceledger.history.Api;
import dev.voiceledger.history.People;
import dev.voiceledger.start.RunningService;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.sql.Connection;
import java.sql.Statement;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * F4: clients that ask and go, while the pool's connections are all taken by slow questions: at
 * once, while they wait for a connection, while they have one; by a reset or in good order.
 */
class CancelledIT {
  private static final String NAME = "F4";
  private static final int ABORTS = Scenario.pick(500, 10_000);
  private static final int CLIENTS = 48;

  /** Longer than a request waits for a connection or a lock. */
  private static final int STAYS_MS_MAX = 2_500;

  private static final int STAYS_SHORT_MS_MAX = 50;
  private static final long USABLE_MS_MAX = Scenario.pick(20_000, 10_000);

  /** Nobody reads a call while somebody has it; the questions wait, and the pool is full. */
  private static final String HOLD = "lock table voice_calls in access exclusive mode";

  private static final String TAKEN =
      """
      select count(*) from pg_stat_activity
      where datname = current_database() and application_name = 'voiceledger'
        and wait_event_type = 'Lock'\
      """;

  private final AtomicInteger next = new AtomicInteger();
  private final AtomicInteger fullAt = new AtomicInteger();

  @Test
  void whoever_goes_takes_no_slot_along() throws Exception {
    TestDatabase database = TestDatabases.on18().fresh();
    Random random = Scenario.random(NAME);
    List<Long> seeds = IntStream.range(0, CLIENTS).mapToObj(i -> random.nextLong()).toList();
    try (RunningService service = RunningService.start(database);
        Crowd crowd = new Crowd(BackendsTerminatedIT.base(service), 4)) {
      URI base = BackendsTerminatedIT.base(service);
      abort(database, base, seeds);
      Slots slots = new Slots(database, base);
      long usable = slots.usableAfter(System.nanoTime(), USABLE_MS_MAX + 60_000);
      Crowd.pause(3_000);
      long well = SlowNetworkIT.recoveredAfter(System.nanoTime(), crowd, service);
      Scenario.says(
          NAME,
          "%d requests given up, the pool seen full %d times; all %d slots usable after %d ms,"
                  .formatted(ABORTS, fullAt.get(), Slots.ALL, usable)
              + " %d busy, all is well after %d ms".formatted(slots.busy(), well));
      assertTrue(fullAt.get() > 0, "the pool was never full");
      assertTrue(usable <= USABLE_MS_MAX, usable + " ms");
      assertEquals(0, slots.busy(), "busy with nobody's question");
    }
  }

  private void abort(TestDatabase database, URI base, List<Long> seeds) throws Exception {
    try (Connection holder = database.superuser();
        Statement lock = holder.createStatement();
        Connection looking = database.superuser();
        Statement look = looking.createStatement();
        ExecutorService clients = Executors.newFixedThreadPool(CLIENTS)) {
      holder.setAutoCommit(false);
      lock.execute(HOLD);
      List<Future<?>> all =
          seeds.stream()
              .<Future<?>>map(seed -> clients.submit(() -> asksAndGoes(base, new Random(seed))))
              .toList();
      while (!all.stream().allMatch(Future::isDone)) {
        try (var row = look.executeQuery(TAKEN)) {
          row.next();
          fullAt.addAndGet(row.getInt(1) == Slots.ALL ? 1 : 0);
        }
        Crowd.pause(50);
      }
      for (Future<?> one : all) {
        one.get(1, TimeUnit.SECONDS);
      }
      holder.rollback();
    }
  }

  private Void asksAndGoes(URI base, Random random) throws IOException {
    String token = People.user(People.somebody());
    while (next.getAndIncrement() < ABORTS) {
      try (Socket socket = new Socket(base.getHost(), base.getPort())) {
        socket.setTcpNoDelay(true);
        if (random.nextBoolean()) {
          socket.setSoLinger(true, 0);
        }
        String request =
            "GET %s HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\n\r\n"
                .formatted(Api.CALLS, token);
        socket.getOutputStream().write(request.getBytes(ISO_8859_1));
        boolean patient = random.nextInt(20) == 0;
        Crowd.pause(random.nextInt(patient ? STAYS_MS_MAX : STAYS_SHORT_MS_MAX));
      }
    }
    return null;
  }
}
