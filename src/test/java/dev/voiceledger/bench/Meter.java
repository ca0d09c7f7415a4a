package dev.voiceledger.bench;

import dev.voiceledger.TestDatabase;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What a server and PostgreSQL have used until now: processor time of their processes with all
 * children, as the kernel counts it in hundredths of a second, and bytes of WAL.
 */
final class Meter {
  private static final Path PROC = Path.of("/proc");
  private static final double MICROS_A_TICK = 10_000;
  private static final int PARENT = 1;
  private static final int FIRST_TIME = 11;
  private static final int TIMES = 4;

  private static final String BACKEND = "select pg_backend_pid()";
  private static final String WAL =
      "select pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::bigint";

  private final TestDatabase database;
  private final long server;
  private final long postmaster;

  /**
   * @param server its process; 0 where there is none but PostgreSQL
   */
  Meter(TestDatabase database, long server) throws SQLException {
    this.database = database;
    this.server = server;
    try (Connection connection = database.superuser()) {
      long backend = number(connection, BACKEND); // it is there for as long as the connection
      this.postmaster = Long.parseLong(stat(backend)[PARENT]);
    }
  }

  /**
   * One look.
   *
   * @param serverMicros processor time of the server, {@code postgresMicros} of PostgreSQL
   */
  record Used(double serverMicros, double postgresMicros, long walBytes) {
    Used since(Used before) {
      return new Used(
          serverMicros - before.serverMicros,
          postgresMicros - before.postgresMicros,
          walBytes - before.walBytes);
    }

    double micros() {
      return serverMicros + postgresMicros;
    }
  }

  Used used() {
    return new Used(server == 0 ? 0 : micros(server), micros(postmaster), number(database, WAL));
  }

  /** The most memory that the server ever held. */
  static double peakMib(long pid) {
    try (Stream<String> lines = Files.lines(PROC.resolve(pid + "/status"))) {
      String peak = lines.filter(line -> line.startsWith("VmHWM:")).findFirst().orElseThrow();
      return Long.parseLong(peak.replaceAll("\\D", "")) / 1024.0;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static boolean isPossible() {
    return Files.exists(PROC.resolve("self/stat"));
  }

  /** Of a process and all who descend from it, those that have ended included. */
  private static double micros(long root) {
    Set<Long> all = new HashSet<>(Set.of(root));
    ProcessHandle.of(root).ifPresent(it -> it.descendants().forEach(each -> all.add(each.pid())));
    return all.stream().mapToLong(Meter::ticks).sum() * MICROS_A_TICK;
  }

  private static long ticks(long pid) {
    try {
      String[] stat = stat(pid);
      long ticks = 0;
      for (int i = FIRST_TIME; i < FIRST_TIME + TIMES; i++) {
        ticks += Long.parseLong(stat[i]);
      }
      return ticks;
    } catch (UncheckedIOException gone) {
      return 0; // its parent counts it among its ended children
    }
  }

  /** From the state on: what stands before it may have blanks. */
  private static String[] stat(long pid) {
    try {
      String stat = Files.readString(PROC.resolve(pid + "/stat"));
      return stat.substring(stat.lastIndexOf(')') + 2).split(" ");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static long number(TestDatabase database, String sql) {
    try (Connection connection = database.superuser()) {
      return number(connection, sql);
    } catch (SQLException e) {
      throw new IllegalStateException(sql, e);
    }
  }

  private static long number(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      rows.next();
      return rows.getLong(1);
    }
  }
}
