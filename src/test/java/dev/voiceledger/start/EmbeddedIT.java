package dev.voiceledger.start;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The packaged service on the PostgreSQL that it brings, through all that happens to a process. */
class EmbeddedIT {
  private static final String SOMEBODY = "6f1c1f0e-3f4e-4f57-9d8e-0a8a4f4f9a11";

  @TempDir Path temporary;
  private Path data;
  private Map<String, String> environment;

  @BeforeEach
  void data() {
    data = temporary.resolve("data");
    environment = Map.of("VOICELEDGER_DATA_DIR", data.toString());
  }

  private Connection connect(String login, String passwordName) throws Exception {
    Properties secrets = new Properties();
    try (var reader = Files.newBufferedReader(data.resolve("secrets.properties"))) {
      secrets.load(reader);
    }
    return connect(login, secrets.getProperty(passwordName), "voiceledger");
  }

  private Connection connect(String login, String password, String database) throws Exception {
    String port = Files.readAllLines(data.resolve("pg/postmaster.pid")).get(3);
    return DriverManager.getConnection(
        "jdbc:postgresql://127.0.0.1:" + port + "/" + database, login, password);
  }

  private void remember() throws Exception {
    try (Connection owner = connect("voiceledger_owner", "owner_password")) {
      owner.createStatement().execute("insert into users (id) values ('" + SOMEBODY + "')");
    }
  }

  private String answer(String question) throws Exception {
    try (Connection owner = connect("voiceledger_owner", "owner_password");
        var rows = owner.createStatement().executeQuery(question)) {
      rows.next();
      return rows.getString(1);
    }
  }

  private void assertRemembered() throws Exception {
    assertEquals("1", answer("select count(*) from users where id = '" + SOMEBODY + "'"));
  }

  private long postmaster() throws IOException {
    return Long.parseLong(Files.readAllLines(data.resolve("pg/postmaster.pid")).getFirst());
  }

  private static void report(String what, RunningService service) {
    System.out.println("start, " + what + ": " + service.startTime.toMillis() + " ms");
  }

  @Test
  void data_is_kept_between_runs_and_nothing_runs_after_them() throws Exception {
    try (RunningService first = RunningService.start(environment)) {
      report("first run", first);
      assertEquals(200, first.status("/q/health/ready"));
      assertTrue(first.output().contains("http://localhost:" + first.port + "/webhooks/livekit"));
      assertFalse(first.output().contains("eyJ"), "a token is told to a log");
      remember();
      first.stop();
      assertFalse(Files.exists(data.resolve("pg/postmaster.pid")), "PostgreSQL still runs");
    }
    try (RunningService second = RunningService.start(environment)) {
      report("later run", second);
      assertRemembered();
    }
  }

  @Test
  void after_kill_9_the_next_run_finds_everything() throws Exception {
    try (RunningService first = RunningService.start(environment)) {
      remember();
      first.kill();
    }
    ProcessHandle orphan = ProcessHandle.of(postmaster()).orElseThrow();
    assertTrue(orphan.isAlive());
    try (RunningService second = RunningService.start(environment)) {
      report("after kill -9", second);
      assertFalse(orphan.isAlive());
      assertRemembered();
    }
  }

  @Test
  void a_pid_file_that_names_another_program_is_forgotten_and_the_program_spared()
      throws Exception {
    try (RunningService first = RunningService.start(environment)) {
      remember();
      first.kill();
    }
    OrphanPostmaster.stop(data.resolve("pg"));
    Process bystander = new ProcessBuilder("sleep", "300").start();
    Files.writeString(data.resolve("pg/postmaster.pid"), bystander.pid() + "\n" + data + "/pg\n");
    try (RunningService second = RunningService.start(environment)) {
      assertTrue(bystander.isAlive());
      assertTrue(second.process.isAlive());
      assertRemembered();
    } finally {
      bystander.destroyForcibly();
    }
  }

  @Test
  void a_second_service_on_the_same_data_is_refused_and_the_first_lives_on() throws Exception {
    try (RunningService first = RunningService.start(environment)) {
      RunningService.Ended second = RunningService.run(environment);

      assertEquals(1, second.status());
      assertTrue(second.output().startsWith("voiceledger: Another voiceledger is running on "));
      assertEquals(1, second.output().lines().count(), second.output());
      assertEquals(200, first.status("/q/health/ready"));
    }
  }

  @Test
  void a_first_run_that_was_killed_half_way_is_begun_anew() throws Exception {
    Files.createDirectories(data.resolve("pg/base"));
    Files.writeString(data.resolve("pg/postgresql.conf"), "half");
    Files.createFile(data.resolve("secrets.properties")); // made before anything else is
    try (RunningService service = RunningService.start(environment)) {
      assertEquals(200, service.status("/q/health/ready"));
    }
  }

  @Test
  void the_database_is_durable_private_and_lends_nobody_its_power() throws Exception {
    try (RunningService service = RunningService.start(environment)) {
      assertEquals("on", answer("show fsync"));
      assertEquals("on", answer("show synchronous_commit"));
      assertEquals("on", answer("show full_page_writes"));
      assertEquals("127.0.0.1", answer("show listen_addresses"));
      assertFalse(Files.exists(Path.of("/tmp/.s.PGSQL." + answer("show port"))), "a socket");
      assertEquals(
          "anon,authenticated,service_role,voiceledger,voiceledger_owner",
          answer(
              """
              select string_agg(rolname, ',' order by rolname) from pg_roles
              where rolname !~ '^pg_' and not rolsuper and not rolbypassrls and not rolcreaterole
              and not rolreplication and not rolcreatedb\
              """));
      assertThrows(SQLException.class, () -> connect("postgres", "", "postgres"));
      assertThrows(SQLException.class, () -> connect("postgres", "postgres", "postgres"));
      assertEquals("rwx------", permissions(data));
      assertEquals("rw-------", permissions(data.resolve("secrets.properties")));
      assertFalse(Files.exists(data.resolve("superuser.password")));
      assertTrue(service.process.isAlive());
    }
  }

  private static String permissions(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }

  @Test
  void a_token_can_be_had_beside_the_running_service() throws Exception {
    assertEquals(1, RunningService.run(environment, "token", "user").status());
    try (RunningService service = RunningService.start(environment)) {
      RunningService.Ended ended = RunningService.run(environment, "token", "admin", SOMEBODY);
      String claims = new String(Base64.getUrlDecoder().decode(ended.output().split("\\.")[1]));

      assertEquals(0, ended.status());
      assertTrue(claims.contains("\"sub\":\"" + SOMEBODY + "\""), claims);
      assertTrue(claims.contains("\"role\":\"admin\""), claims);
      assertTrue(service.process.isAlive());
    }
  }

  /** Secrets from a file end with a line, and deployments leave variables empty. */
  @Test
  void a_line_end_or_a_blank_is_no_part_of_the_environment() throws Exception {
    environment =
        Map.of(
            "VOICELEDGER_DATA_DIR", data + "\n",
            "JWT_SECRET", "a-secret-of-${more}-than-32-$$-characters\n",
            "JWT_ISSUER", " ",
            "LIVEKIT_API_KEY", "",
            "LIVEKIT_API_SECRET", " ");
    try (RunningService service = RunningService.start(environment)) {
      RunningService.Ended ended = RunningService.run(environment, "token", "admin");

      assertTrue(service.output().contains("api_key: devkey"), service.output());
      assertEquals(401, service.status("/api/v1/webhook-events"));
      assertEquals(200, service.status("/api/v1/webhook-events", ended.output().strip()));
    }
  }

  @Test
  void root_can_run_it_and_so_can_anybody() throws Exception {
    Assumptions.assumeTrue(System.getProperty("user.name").equals("root"), "tests run as anybody");
    List<String> nobody = List.of("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups");
    Path home = Files.createTempDirectory("voiceledger-nobody");
    run("chown", "65534:65534", home.toString());
    data = home.resolve("data");
    environment = Map.of("VOICELEDGER_DATA_DIR", data.toString());
    try (RunningService first = RunningService.start(nobody, environment)) {
      report("first run as an ordinary user", first);
      remember();
      first.kill();
    }
    try (RunningService second = RunningService.start(nobody, environment)) {
      report("after kill -9 as an ordinary user", second);
      assertRemembered();
      second.stop();
      assertFalse(Files.exists(data.resolve("pg/postmaster.pid")), "PostgreSQL still runs");
    } finally {
      run("rm", "-rf", home.toString());
    }
  }

  private static void run(String... command) throws Exception {
    assertEquals(0, new ProcessBuilder(command).inheritIO().start().waitFor());
  }
}
