package dev.voiceledger.faults;

import dev.voiceledger.TestDatabase;
import dev.voiceledger.TestDatabases;
import dev.voiceledger.history.Tables;
import dev.voiceledger.start.RunningService;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A PostgreSQL of a scenario's own, durable, that may be killed with everything under it and
 * started again on its files. It is a child of this process, so that nobody's pid stays behind.
 */
final class OwnPostgres implements AutoCloseable {
  private static final Duration START_MAX = Duration.ofSeconds(60);
  private static final int POLL_MILLIS = 5;
  private static final String BINARIES = "select setting from pg_config() where name = 'BINDIR'";

  private final Path home = Files.createTempDirectory(Path.of("target"), "own-postgres");
  private final SmallDisk disk;
  private final Path data;
  private final List<String> settings;
  private final Path log = home.resolve("log");
  private final int port = RunningService.freePort();
  private final Path binaries;
  private Process postmaster;

  /** Takes the programs of the server that all tests share. */
  OwnPostgres() throws IOException, InterruptedException {
    this(null);
  }

  /**
   * The same with its files elsewhere.
   *
   * @param disk null for none of its own
   * @param settings further ones, as {@code name=value}
   */
  OwnPostgres(SmallDisk disk, String... settings) throws IOException, InterruptedException {
    this.disk = disk;
    this.data = (disk == null ? home : disk.path()).resolve("data").toAbsolutePath();
    this.settings = List.of(settings);
    TestDatabase shared = TestDatabases.on18().empty();
    binaries = Path.of(Tables.text(shared, BINARIES));
    Path password = Files.writeString(home.resolve("password"), TestDatabases.PASSWORD);
    List<String> initdb = command("initdb");
    initdb.addAll(List.of("-D", data.toString(), "-U", TestDatabase.SUPERUSER, "-A"));
    initdb.addAll(List.of("scram-sha-256", "--pwfile", password.toAbsolutePath().toString()));
    initdb.addAll(List.of("-E", "UTF8", "--locale", "C", "--locale-provider", "builtin"));
    initdb.addAll(List.of("--builtin-locale", "C.UTF-8"));
    if (process(initdb).waitFor() != 0) {
      throw new IllegalStateException(Files.readString(log));
    }
    start();
  }

  /** PostgreSQL refuses to run as root; root without its rights is somebody else. */
  private List<String> command(String program) {
    List<String> command = new ArrayList<>();
    if (disk != null) {
      command.addAll(disk.inside());
    }
    if (disk != null || System.getProperty("user.name").equals("root")) {
      command.addAll(List.of("unshare", "-U"));
    }
    command.add(binaries.resolve(program).toString());
    return command;
  }

  private Process process(List<String> command) throws IOException {
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(Redirect.appendTo(log.toFile()))
        .start();
  }

  /** A database with the tables in it. */
  TestDatabase database() {
    return TestDatabases.freshOn(port);
  }

  /**
   * Starts it, and waits until it lets somebody in. One that was killed is tried again while the
   * kernel still has something of the one before.
   *
   * @return how long that took, the recovery included
   */
  Duration start() throws IOException, InterruptedException {
    long begin = System.nanoTime();
    while (true) {
      if (postmaster == null || !postmaster.isAlive()) {
        postmaster = process(postgres());
      }
      if (letsIn()) {
        return Duration.ofNanos(System.nanoTime() - begin);
      }
      if (System.nanoTime() - begin > START_MAX.toNanos()) {
        throw new IllegalStateException(Files.readString(log));
      }
      TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
    }
  }

  private List<String> postgres() {
    List<String> postgres = command("postgres");
    postgres.addAll(List.of("-D", data.toString(), "-p", Integer.toString(port)));
    for (String setting :
        List.of(
            "listen_addresses=127.0.0.1",
            "unix_socket_directories=",
            "max_connections=100",
            "fsync=on",
            "full_page_writes=on",
            "synchronous_commit=on")) {
      postgres.addAll(List.of("-c", setting));
    }
    settings.forEach(setting -> postgres.addAll(List.of("-c", setting)));
    return postgres;
  }

  private boolean letsIn() {
    String url = "jdbc:postgresql://127.0.0.1:" + port + "/postgres?loginTimeout=5";
    try (Connection connection =
        DriverManager.getConnection(url, TestDatabase.SUPERUSER, TestDatabases.PASSWORD)) {
      return connection.isValid(5);
    } catch (SQLException _) {
      return false; // not yet
    }
  }

  /**
   * All at once, with kill -9. The postmaster is halted first, so that it makes no more children:
   * those it has would live on, and commit, without it.
   *
   * @return how many processes that were
   */
  int kill() throws IOException, InterruptedException {
    if (!postmaster.isAlive()) {
      return 0;
    }
    signal("-STOP", List.of(postmaster.toHandle()));
    List<ProcessHandle> all = new ArrayList<>(postmaster.descendants().toList());
    all.add(postmaster.toHandle());
    signal("-KILL", all);
    postmaster.waitFor();
    return all.size();
  }

  private static void signal(String signal, List<ProcessHandle> processes)
      throws IOException, InterruptedException {
    List<String> kill = new ArrayList<>(List.of("kill", signal));
    processes.forEach(process -> kill.add(Long.toString(process.pid())));
    new ProcessBuilder(kill).inheritIO().start().waitFor();
  }

  @Override
  public void close() throws IOException, InterruptedException {
    kill();
    try (Stream<Path> files = Files.walk(home)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
