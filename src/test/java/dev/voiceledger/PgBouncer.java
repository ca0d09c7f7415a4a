package dev.voiceledger;

import static org.junit.jupiter.api.Assertions.fail;

import dev.voiceledger.start.RunningService;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/**
 * A real PgBouncer in transaction mode, as a package brings it: nothing is ignored and nothing
 * reset that its manual does not name. Few connections, so that callers do meet on each.
 */
public final class PgBouncer implements AutoCloseable {
  public static final int CONNECTIONS = 4;
  private static final int READY_MS_MAX = 10_000;

  private final Process process;
  private final TestDatabase behind;
  private final int port;

  private PgBouncer(Process process, TestDatabase behind, int port) {
    this.process = process;
    this.behind = behind;
    this.port = port;
  }

  /** The test is skipped, loudly, where there is none, unless CI=true. */
  public static PgBouncer before(TestDatabase database) throws IOException, InterruptedException {
    Path folder = Files.createTempDirectory("pgbouncer");
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    int port = RunningService.freePort();
    Path users = Files.writeString(folder.resolve("users"), users(database));
    Path settings = folder.resolve("settings");
    Files.writeString(settings, settings(database, port, users));
    List<String> command = new ArrayList<>(List.of(program(), settings.toString()));
    if (System.getProperty("user.name").equals("root")) {
      command.addAll(List.of("-u", "nobody"));
    }
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("log").toFile())
            .start();
    PgBouncer bouncer = new PgBouncer(process, database, port);
    bouncer.awaitReady(folder.resolve("log"));
    return bouncer;
  }

  private static String settings(TestDatabase database, int port, Path users) {
    return """
    [databases]
    * = host=%s port=%d
    [pgbouncer]
    listen_addr = 127.0.0.1
    listen_port = %d
    unix_socket_dir =
    auth_type = scram-sha-256
    auth_file = %s
    pool_mode = transaction
    default_pool_size = %d
    max_client_conn = 500
    """
        .formatted(database.host(), database.port(), port, users, CONNECTIONS);
  }

  private static String users(TestDatabase database) {
    String line = "\"%s\" \"" + database.password() + "\"%n";
    return line.formatted(TestDatabase.SERVICE) + line.formatted(TestDatabase.OWNER);
  }

  private static String program() {
    return Stream.of((System.getenv("PATH") + ":/usr/sbin").split(":"))
        .map(folder -> Path.of(folder, "pgbouncer"))
        .filter(Files::isExecutable)
        .findFirst()
        .map(Path::toString)
        .orElseGet(PgBouncer::missing);
  }

  private static String missing() {
    String skipped = "SKIPPED: no pgbouncer on this machine; install its package";
    System.err.println(skipped);
    if ("true".equals(System.getenv("CI"))) {
      fail(skipped);
    }
    return Assumptions.abort(skipped);
  }

  private void awaitReady(Path log) throws IOException, InterruptedException {
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(READY_MS_MAX);
    while (true) {
      try (Socket probe = new Socket("127.0.0.1", port)) {
        return;
      } catch (IOException notYet) {
        if (!process.isAlive() || System.nanoTime() > end) {
          close();
          fail("pgbouncer did not start: " + Files.readString(log));
        }
        TimeUnit.MILLISECONDS.sleep(20);
      }
    }
  }

  /** The same database, through it. */
  public TestDatabase through() {
    return new TestDatabase("127.0.0.1", port, behind.name(), behind.password());
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
