package dev.voiceledger.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.voiceledger.TestDatabase;
import dev.voiceledger.bench.Meter.Used;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The ceiling of one transaction an event: {@code pgbench} sends the peer's own statements with no
 * server in front. Without {@code pgbench} there is none, and that is said.
 */
final class Floor {
  private static final int[] CLIENTS = {1, 8, 32, 64};
  private static final Path SCHEMA = Path.of("bench", "peer", "schema.sql");
  private static final Path PROGRAM = Path.of("bench", "floor", "run.sh");
  private static final Path DEBIAN = Path.of("/usr/lib/postgresql");
  private static final Pattern TPS = Pattern.compile("tps = ([0-9.]+)");
  private static final Pattern LATENCY = Pattern.compile("latency average = ([0-9.]+) ms");

  private Floor() {}

  /**
   * @param micros processor time of PostgreSQL a transaction; that of pgbench is left out
   */
  record Ceiling(int clients, double perSecond, double meanMs, double micros) {
    @Override
    public String toString() {
      return "%d connections: %.0f/s, mean %.2f ms, %.0f CPU us of PostgreSQL"
          .formatted(clients, perSecond, meanMs, micros);
    }
  }

  static List<Ceiling> run(TestDatabase database, Plan plan)
      throws IOException, InterruptedException, SQLException {
    Optional<Path> pgbench = pgbench();
    if (pgbench.isEmpty()) {
      System.err.println("no pgbench on the path: the floor is left out");
      return List.of();
    }
    try (Connection owner = database.owner();
        Statement statement = owner.createStatement()) {
      statement.execute(Files.readString(SCHEMA));
    }
    List<Ceiling> all = new ArrayList<>();
    Meter meter = new Meter(database, 0);
    for (int clients : CLIENTS) {
      database.asSuperuser("checkpoint");
      Used before = meter.used();
      String said = output(pgbench.get(), database, plan.seconds(), clients);
      double perSecond = number(TPS, said);
      double micros = meter.used().since(before).postgresMicros() / (perSecond * plan.seconds());
      all.add(new Ceiling(clients, perSecond, number(LATENCY, said), micros));
    }
    return all;
  }

  private static String output(Path pgbench, TestDatabase database, int seconds, int clients)
      throws IOException, InterruptedException {
    ProcessBuilder builder =
        new ProcessBuilder(
                PROGRAM.toString(), database.url(TestDatabase.OWNER), "" + seconds, "" + clients)
            .redirectErrorStream(true);
    builder.environment().put("PGBENCH", pgbench.toString());
    Process process = builder.start();
    String said = new String(process.getInputStream().readAllBytes(), UTF_8);
    if (process.waitFor() != 0) {
      throw new IOException("pgbench failed: " + said);
    }
    return said;
  }

  private static double number(Pattern pattern, String said) throws IOException {
    Matcher found = pattern.matcher(said);
    if (!found.find()) {
      throw new IOException("pgbench said something else: " + said);
    }
    return Double.parseDouble(found.group(1));
  }

  /** On the path, or where Debian keeps those of each version; the newest. */
  private static Optional<Path> pgbench() throws IOException {
    List<Path> folders = new ArrayList<>();
    for (String folder : System.getenv("PATH").split(":")) {
      folders.add(Path.of(folder));
    }
    if (Files.isDirectory(DEBIAN)) {
      try (Stream<Path> versions = Files.list(DEBIAN)) {
        versions
            .sorted(Comparator.reverseOrder())
            .forEach(each -> folders.add(each.resolve("bin")));
      }
    }
    return folders.stream()
        .map(folder -> folder.resolve("pgbench"))
        .filter(Files::isExecutable)
        .findFirst();
  }
}
