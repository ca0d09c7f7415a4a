package dev.voiceledger.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.voiceledger.TestDatabase;
import dev.voiceledger.TestDatabases;
import dev.voiceledger.history.Tables;
import dev.voiceledger.load.Load;
import dev.voiceledger.load.Phase;
import dev.voiceledger.load.Shot.Kind;
import dev.voiceledger.start.RunningService;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * RELIABILITY D7: a newer version migrates while this one is under W1's traffic. Its living files
 * (functions, triggers, policies, views) run all anew, tables get columns, an index is made beside
 * the writers; then a replica of this version comes up and puts its own living files back, as in a
 * rolling update that is called off. No webhook goes without its 200, none for two seconds.
 *
 * <p>A service of an earlier release cannot take part: there is none yet. What rows of earlier
 * schemas become is UpgradeTest's.
 */
class MigrationIT {
  private static final String NAME = "D7 migration";
  private static final int PER_SECOND = Scenario.pick(200, 600);
  private static final double SECONDS_MAX = 300;
  private static final int ROUNDS = Scenario.pick(2, 20);
  private static final int LINES = 64;
  private static final double STALL_SECONDS_MAX = 2;

  private static final List<Kind> WEBHOOKS_AND_POSTS =
      List.of(Kind.WEBHOOK, Kind.WEBHOOK, Kind.WEBHOOK, Kind.POST);

  /** As a later version of the service would bring them. */
  private static final Map<String, String> NEWS =
      Map.of(
          "V900__news.sql",
          """
          alter table voice_calls add column news_of_calls text;
          alter table voice_messages add column news_of_messages boolean not null default false;
          alter table webhook_events add column news_of_events timestamptz not null default now();
          create table news (id uuid primary key references voice_calls on delete cascade)\
          """,
          "V901__index.sql",
          "create index concurrently news_of_messages on voice_messages (news_of_messages)",
          "V901__index.sql.conf",
          "executeInTransaction=false");

  @TempDir private Path newer;

  private TestDatabase database;

  @Test
  void nobody_waits_two_seconds_for_a_newer_version() throws Exception {
    var random = Scenario.random(NAME);
    database = TestDatabases.on18().fresh();
    try (RunningService service = RunningService.start(database);
        Traffic traffic = new Traffic(database, "d7", random, 6_000)) {
      URI base = URI.create("http://127.0.0.1:" + service.port);
      warm(base, traffic);
      Phase phase = new Phase(PER_SECOND, SECONDS_MAX);
      Blend blend =
          new Blend(traffic.requests(), WEBHOOKS_AND_POSTS, Set.of(Kind.POST), List.of(phase));
      CompletableFuture<Integer> migrations =
          CompletableFuture.supplyAsync(() -> migrateAndGoBack(phase));
      try (Load load = new Load(base, LINES)) {
        load.run(blend);
      }
      int done = migrations.get(1, TimeUnit.MINUTES);
      double stall = Math.max(phase.goodMs(Kind.WEBHOOK, 1), phase.goodMs(Kind.POST, 1)) / 1_000;
      Scenario.says(
          NAME,
          "%d migrations under %d a second: longest wait %.2f s; %s; sent again %d, lost %d"
              .formatted(done, PER_SECOND, stall, phase, blend.sentAgain(), blend.lost().size()));
      assertEquals("t", Tables.text(database, VALID), "the index is good");
      assertEquals(0, blend.sentAgain(), "every one has its answer at once");
      assertEquals(List.of(), blend.lost(), "nothing is lost");
      assertEquals(0, phase.odd(), "nothing but good answers");
      assertTrue(stall < STALL_SECONDS_MAX, "nobody waits long: " + stall);
      traffic.finish(base, blend.lost());
      Scenario.says(NAME, traffic.check());
    }
  }

  private static final String VALID =
      "select indisvalid from pg_index where indexrelid = 'news_of_messages'::regclass";

  private static void warm(URI base, Traffic traffic) throws IOException {
    Phase warm = new Phase(PER_SECOND, 3);
    try (Load load = new Load(base, LINES)) {
      load.run(new Blend(traffic.requests(), WEBHOOKS_AND_POSTS, Set.of(Kind.POST), List.of(warm)));
    }
  }

  private int migrateAndGoBack(Phase phase) {
    try {
      int done = 0;
      for (int round = 0; round < ROUNDS; round++) {
        TimeUnit.SECONDS.sleep(1);
        done += migrate(round);
        TimeUnit.SECONDS.sleep(1);
        try (RunningService older = RunningService.start(database)) {
          assertTrue(older.process.isAlive());
        }
      }
      return done;
    } catch (IOException | InterruptedException broken) {
      throw new IllegalStateException(broken);
    } finally {
      phase.end();
    }
  }

  /** Living files that say something new, and in the first round what is only told once. */
  private int migrate(int round) throws IOException {
    try (Stream<Path> files = Files.list(Path.of("migrations"))) {
      for (Path file : files.toList()) {
        boolean living = file.getFileName().toString().startsWith("R__");
        String more = living ? "\n-- newer by " + round + "\n" : "";
        Files.writeString(newer.resolve(file.getFileName()), Files.readString(file) + more);
      }
    }
    for (Map.Entry<String, String> file : NEWS.entrySet()) {
      Files.writeString(newer.resolve(file.getKey()), file.getValue());
    }
    return Flyway.configure()
        .dataSource(database.jdbcUrl(), TestDatabase.OWNER, database.password())
        .initSql("set lock_timeout = '2s'")
        .configuration(Map.of("flyway.postgresql.transactional.lock", "false"))
        .locations("filesystem:" + newer)
        .load()
        .migrate()
        .migrationsExecuted;
  }
}
