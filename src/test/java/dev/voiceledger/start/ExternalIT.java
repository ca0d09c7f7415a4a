package dev.voiceledger.start;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.voiceledger.FreshDatabase;
import dev.voiceledger.TestDatabase;
import dev.voiceledger.TestDatabases;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The packaged service on a PostgreSQL of somebody else's, and how it refuses to start. */
class ExternalIT {
  @TempDir Path temporary;

  private Map<String, String> environment(TestDatabase database) {
    Map<String, String> environment = new HashMap<>();
    environment.put("DATABASE_URL", database.url(TestDatabase.SERVICE));
    environment.put("DATABASE_OWNER_URL", database.url(TestDatabase.OWNER));
    environment.put("LIVEKIT_API_KEY", FreshDatabase.LIVEKIT_API_KEY);
    environment.put("LIVEKIT_API_SECRET", FreshDatabase.LIVEKIT_API_SECRET);
    environment.put("JWT_SECRET", FreshDatabase.JWT_SECRET);
    environment.put("VOICELEDGER_DATA_DIR", temporary.resolve("data").toString());
    return environment;
  }

  private static void assertRefused(Map<String, String> environment, String... words)
      throws Exception {
    RunningService.Ended ended = RunningService.run(environment);

    assertEquals(1, ended.status(), ended.output());
    assertEquals(1, ended.output().lines().count(), ended.output());
    for (String word : words) {
      assertTrue(ended.output().contains(word), ended.output());
    }
  }

  private void assertRuns(TestDatabase database) throws Exception {
    try (RunningService service = RunningService.start(environment(database))) {
      System.out.println("start on an external server: " + service.startTime.toMillis() + " ms");
      assertEquals(200, service.status("/q/health/ready"));
      assertFalse(service.output().contains(database.password()), "a password is told");
      assertFalse(temporary.resolve("data").toFile().exists(), "nothing of its own to keep");
    }
  }

  @Test
  void it_migrates_and_runs_on_the_newest_server() throws Exception {
    assertRuns(TestDatabases.on18().empty());
  }

  @Test
  void it_migrates_and_runs_on_the_oldest_server() throws Exception {
    assertRuns(TestDatabases.on15().empty());
  }

  @Test
  void trying_without_a_secret_makes_one_and_keeps_it() throws Exception {
    Map<String, String> environment = environment(TestDatabases.on18().fresh());
    environment.remove("JWT_SECRET");
    environment.put("VOICELEDGER_DEV", "true");
    try (RunningService service = RunningService.start(environment)) {
      assertTrue(temporary.resolve("data/secrets.properties").toFile().exists());
      assertEquals(0, RunningService.run(environment, "token", "service").status());
      assertTrue(service.process.isAlive());
    }
  }

  @Test
  void refusals_are_one_line_on_a_real_start_too() throws Exception {
    Map<String, String> environment = environment(TestDatabases.on18().fresh());
    environment.put("LIVEKIT_API_SECRET", "secret");

    assertRefused(environment, "voiceledger: ", "LIVEKIT_API_SECRET");
  }

  @Test
  void a_wrong_password_is_one_line() throws Exception {
    TestDatabase database = TestDatabases.on18().fresh();
    Map<String, String> environment = environment(database);
    environment.put("DATABASE_URL", database.url(TestDatabase.SERVICE).replace(":a-", ":b-"));

    assertRefused(environment, "DATABASE_URL", "password authentication failed");
  }

  @Test
  void an_unreachable_database_is_one_line() throws Exception {
    Map<String, String> environment = environment(TestDatabases.on18().fresh());
    environment.put("DATABASE_OWNER_URL", "postgresql://me@127.0.0.1:1/d");

    assertRefused(environment, "DATABASE_OWNER_URL", "127.0.0.1:1 refused");
  }

  @Test
  void a_taken_port_is_one_line() throws Exception {
    Map<String, String> environment = environment(TestDatabases.on18().fresh());
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.ofLiteral("0.0.0.0"))) {
      environment.put("PORT", Integer.toString(taken.getLocalPort()));

      assertRefused(environment, ":" + taken.getLocalPort(), "PORT");
    }
  }

  @Test
  void an_unknown_word_is_told() throws Exception {
    RunningService.Ended ended = RunningService.run(Map.of(), "fly");

    assertEquals(2, ended.status());
    assertEquals("voiceledger: knows run and token, not fly\n", ended.output());
  }
}
