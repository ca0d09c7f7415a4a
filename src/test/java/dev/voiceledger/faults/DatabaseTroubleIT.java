package dev.voiceledger.faults;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.voiceledger.TestDatabase;
import dev.voiceledger.start.RunningService;
import java.net.URI;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * F10 and F12: PostgreSQL is there and cannot write, is there for others, or is not there. The
 * service says so, on its probes too, goes on by itself, and loses nothing that it acknowledged.
 */
class DatabaseTroubleIT {
  private static final long FAULT_MS = Scenario.pick(10_000, 60_000);
  private static final long DOWN_MS = Scenario.pick(10_000, 300_000);
  private static final int EVENTS = Scenario.pick(600, 6_000);
  private static final int ROOMS = Scenario.pick(30, 300);
  private static final int MESSAGES = 20;
  private static final int SENDERS = 16;
  private static final int PEOPLE = 4;
  private static final int DISK_MB = 400;
  private static final String CONNECTIONS_MAX = "max_connections=40";

  /** 5 s, and what a busy machine adds. */
  private static final long NOTICED_MS_MAX = Scenario.pick(10_000, 5_000);

  private static final long RECOVERED_MS_MAX = Scenario.pick(20_000, 10_000);
  private static final long PROBE_MS_MAX = Scenario.pick(4_000, 2_000);

  private static final String TERMINATE =
      "select pg_terminate_backend(pid) from pg_stat_activity where usename = 'voiceledger'";

  /** What befalls the database. */
  private interface Trouble {
    void begins() throws Exception;

    /** Until it is over; answers when that was. */
    long ends() throws Exception;
  }

  private record Scene(String name, OwnPostgres postgres, TestDatabase database, long ms) {
    static Scene of(String name, OwnPostgres postgres, long ms) {
      return new Scene(name, postgres, postgres.database(), ms);
    }
  }

  @Test
  void a_database_that_only_reads() throws Exception {
    try (OwnPostgres postgres = new OwnPostgres()) {
      Scene scene = Scene.of("F10 read-only", postgres, FAULT_MS);
      plays(
          scene,
          new Trouble() {
            @Override
            public void begins() {
              set(scene.database, "on");
            }

            @Override
            public long ends() {
              set(scene.database, "off");
              return System.nanoTime();
            }
          });
    }
  }

  private static void set(TestDatabase database, String readOnly) {
    database.asSuperuser("alter system set default_transaction_read_only = " + readOnly);
    database.asSuperuser("select pg_reload_conf()");
  }

  @Test
  void a_database_that_others_have_taken_all_connections_of() throws Exception {
    try (OwnPostgres postgres = new OwnPostgres(null, CONNECTIONS_MAX)) {
      Scene scene = Scene.of("F10 max_connections", postgres, FAULT_MS);
      plays(scene, new Others(scene.database));
    }
  }

  /** They come in wherever the service has been thrown out. */
  private static final class Others implements Trouble {
    private final TestDatabase database;
    private final Collection<Connection> taken = new ArrayList<>();

    private Others(TestDatabase database) {
      this.database = database;
    }

    @Override
    public void begins() throws SQLException {
      try (Connection superuser = database.superuser()) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(3);
        while (System.nanoTime() < end) {
          superuser.createStatement().execute(TERMINATE);
          come();
        }
      }
    }

    private void come() {
      try {
        while (true) {
          taken.add(
              DriverManager.getConnection(
                  database.jdbcUrl(), TestDatabase.OWNER, database.password()));
        }
      } catch (SQLException full) {
        Crowd.pause(20);
      }
    }

    @Override
    public long ends() throws SQLException {
      for (Connection one : taken) {
        one.close();
      }
      return System.nanoTime();
    }
  }

  @Test
  void a_database_whose_disk_is_full() throws Exception {
    try (SmallDisk disk = new SmallDisk(DISK_MB);
        OwnPostgres postgres = new OwnPostgres(disk, "min_wal_size=32MB", "max_wal_size=64MB")) {
      plays(
          Scene.of("F10 disk full", postgres, FAULT_MS),
          new Trouble() {
            @Override
            public void begins() throws Exception {
              disk.fill();
            }

            @Override
            public long ends() throws Exception {
              disk.free();
              postgres.start(); // should it have ended for want of room for its log
              return System.nanoTime();
            }
          });
    }
  }

  @Test
  void a_database_that_is_down() throws Exception {
    try (OwnPostgres postgres = new OwnPostgres()) {
      plays(
          Scene.of("F12 down", postgres, DOWN_MS),
          new Trouble() {
            @Override
            public void begins() throws Exception {
              postgres.kill();
            }

            @Override
            public long ends() throws Exception {
              postgres.start();
              return System.nanoTime();
            }
          });
    }
  }

  /**
   * One trouble, by the clock of the test.
   *
   * @param begun when it began; {@code beforeEnd} and {@code ended}, when it was ended
   * @param noticed when the service had said that it is not ready
   * @param fell after how many ms that was; {@code rose}, that it is ready again; {@code
   *     recovered}, that all is well
   */
  private record Times(
      long begun, long noticed, long beforeEnd, long ended, long fell, long rose, long recovered) {

    List<Tried> meanwhile(List<Tried> asked) {
      return asked.stream()
          .filter(one -> one.within(begun, beforeEnd) && one.answeredBy(ended))
          .toList();
    }

    void judge(List<Tried> asked, Probes probes) {
      assertTrue(meanwhile(asked).stream().anyMatch(Tried::isRefused), "nobody was refused");
      assertTrue(fell <= NOTICED_MS_MAX, "not ready after " + fell + " ms");
      assertTrue(rose <= RECOVERED_MS_MAX, "ready after " + rose + " ms");
      assertTrue(recovered <= RECOVERED_MS_MAX, "well after " + recovered + " ms");
      probes.assertInTimeAndAlive(PROBE_MS_MAX);
      probes.assertNotReady(noticed, beforeEnd);
    }
  }

  private static Times times(
      Scene scene, Trouble trouble, Crowd crowd, Probes probes, RunningService service)
      throws Exception {
    long begun = System.nanoTime();
    trouble.begins();
    long fell = probes.readyIs(Tried.REFUSED, System.nanoTime(), NOTICED_MS_MAX + 20_000);
    long noticed = System.nanoTime();
    Crowd.pause(scene.ms - TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun));
    long beforeEnd = System.nanoTime();
    long ended = trouble.ends();
    long rose = probes.readyIs(200, ended, RECOVERED_MS_MAX + 60_000);
    long recovered = SlowNetworkIT.recoveredAfter(ended, crowd, service);
    return new Times(begun, noticed, beforeEnd, ended, fell, rose, recovered);
  }

  private static void says(Scene scene, Times times, List<Tried> asked, Probes probes) {
    Scenario.says(
        scene.name,
        ("%d ms: asked meanwhile %s; not ready after %d ms, ready %d ms after, all is well %d ms"
                + " after; probes %s")
            .formatted(
                scene.ms,
                Tried.counts(times.meanwhile(asked)),
                times.fell,
                times.rose,
                times.recovered,
                Tried.counts(probes.all())));
  }

  private static void plays(Scene scene, Trouble trouble) throws Exception {
    Mix mix = new Mix(Scenario.random(scene.name), "f10.", EVENTS, ROOMS, MESSAGES);
    try (RunningService service = RunningService.start(scene.database);
        Crowd crowd = new Crowd(BackendsTerminatedIT.base(service), PEOPLE);
        Probes probes = new Probes(BackendsTerminatedIT.base(service))) {
      URI base = BackendsTerminatedIT.base(service);
      Pace pace = new Pace(base, mix.parcels(), scene.ms);
      Couriers couriers = new Couriers(pace);
      couriers.begin(pace.parcels(), SENDERS);
      crowd.begin();
      Crowd.pause(2_000);
      Times times = times(scene, trouble, crowd, probes, service);
      List<Tried> asked = crowd.end();
      says(scene, times, asked, probes);
      Crowd.assertNoneWrong(asked, service);
      times.judge(asked, probes);
      SilentNetworkIT.deliverAll(scene.name, scene.database, mix, pace, couriers, base);
    }
  }
}
