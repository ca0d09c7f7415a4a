package dev.voiceledger.start;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * A PostgreSQL that comes with the service, for a machine that has none: durable, kept between
 * runs, open to this machine alone and to it only by password.
 */
final class EmbeddedDatabase implements AutoCloseable {
  private static final String SUPERUSER = "postgres";
  private static final String DATABASE = "voiceledger";
  private static final String OWNER = "voiceledger_owner";
  private static final String SERVICE = "voiceledger";
  private static final String COMPLETE = "initdb.complete";
  private static final String PASSWORD_FILE = "superuser.password";
  private static final String LOG_FILE = "postgres.log";
  private static final Duration START_MAX = Duration.ofSeconds(60);

  private final EmbeddedPostgres server;
  private final DataDirectory data;

  private EmbeddedDatabase(EmbeddedPostgres server, DataDirectory data) {
    this.server = server;
    this.data = data;
  }

  /**
   * Starts the server on the data directory, which the caller has taken, and sees to its database
   * and its two logins.
   *
   * @throws Refusal when it does not start, with the last words of its log
   */
  static EmbeddedDatabase start(DataDirectory data) {
    Path files = data.file("pg");
    setAsideUnfinished(files);
    OrphanPostmaster.stop(files);
    try {
      EmbeddedDatabase database = new EmbeddedDatabase(postgres(data, files).start(), data);
      database.prepare();
      return database;
    } catch (IOException | IllegalStateException e) {
      throw new Refusal("The embedded PostgreSQL does not start: " + lastWords(data, e), e);
    }
  }

  DatabaseAddress owner() {
    return address(OWNER, DataDirectory.OWNER_PASSWORD);
  }

  DatabaseAddress service() {
    return address(SERVICE, DataDirectory.SERVICE_PASSWORD);
  }

  private DatabaseAddress address(String login, String password) {
    return new DatabaseAddress(
        "127.0.0.1", server.getPort(), DATABASE, login, data.secret(password), "disable", null);
  }

  @Override
  public void close() {
    try {
      server.close();
    } catch (IOException e) {
      throw new Refusal("The embedded PostgreSQL does not stop: " + e.getMessage(), e);
    }
  }

  /** A first run that was killed leaves half a database, in which nothing can be: start anew. */
  private static void setAsideUnfinished(Path files) {
    try {
      if (Files.exists(files) && !Files.exists(files.resolve(COMPLETE))) {
        String aside = files.getFileName() + ".unfinished-" + Instant.now().toEpochMilli();
        Files.move(files, files.resolveSibling(aside));
      }
    } catch (IOException e) {
      throw new Refusal("Cannot set aside the unfinished " + files + ": " + e.getMessage(), e);
    }
  }

  private static EmbeddedPostgres.Builder builder(DataDirectory data, Path files) {
    ProcessBuilder.Redirect log = ProcessBuilder.Redirect.appendTo(data.file(LOG_FILE).toFile());
    return EmbeddedPostgres.builder()
        .setDataDirectory(files)
        .setCleanDataDirectory(false)
        .setOverrideWorkingDirectory(data.file("bin").toFile())
        .setRegisterShutdownHook(false)
        .setPGStartupWait(START_MAX)
        .setOutputRedirector(log)
        .setErrorRedirector(log)
        .setDataDirectoryCustomizer(directory -> finishInitdb(data, directory.toPath()));
  }

  private static EmbeddedPostgres.Builder postgres(DataDirectory data, Path files)
      throws IOException {
    Files.deleteIfExists(data.file(LOG_FILE));
    String password = data.secret(DataDirectory.SUPERUSER_PASSWORD);
    return builder(data, files)
        .setConnectConfig("password", password)
        // These become options of initdb. The library says "trust"; the last word wins, so not for
        // one moment does the server let anybody in without the password.
        .setLocaleConfig("auth", "scram-sha-256")
        .setLocaleConfig("pwfile", data.write(PASSWORD_FILE, password).toString())
        // Unicode by code point, the same on every system.
        .setLocaleConfig("locale-provider", "builtin")
        .setLocaleConfig("builtin-locale", "C.UTF-8")
        .setLocaleConfig("locale", "C")
        .setServerConfig("listen_addresses", "127.0.0.1")
        .setServerConfig("unix_socket_directories", "")
        // The library switches durability off (-F); this is a system of record.
        .setServerConfig("fsync", "on")
        .setServerConfig("synchronous_commit", "on")
        .setServerConfig("full_page_writes", "on")
        .setServerConfig("max_connections", "60")
        .setServerConfig("shared_buffers", "128MB")
        // No values in its log: neither rows in details nor statements.
        .setServerConfig("log_error_verbosity", "terse")
        .setServerConfig("log_min_error_statement", "panic")
        .setServerConfig("log_checkpoints", "off");
  }

  /** Runs between initdb, which ends on disk, and the start of the server. */
  private static void finishInitdb(DataDirectory data, Path files) {
    try {
      Files.deleteIfExists(data.file(PASSWORD_FILE));
      if (!Files.exists(files.resolve(COMPLETE))) {
        Files.createFile(files.resolve(COMPLETE));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The database and its two logins; repeated at each start, so a killed first run is mended. */
  private void prepare() {
    try (Connection connection = server.getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement()) {
      for (String login : List.of(OWNER, SERVICE)) {
        if (absent(statement, "select from pg_roles where rolname = '" + login + "'")) {
          statement.execute("create role " + login + " login");
        }
      }
      statement.execute(lawful(OWNER, data.secret(DataDirectory.OWNER_PASSWORD)));
      statement.execute(lawful(SERVICE, data.secret(DataDirectory.SERVICE_PASSWORD)));
      if (absent(statement, "select from pg_database where datname = '" + DATABASE + "'")) {
        statement.execute("create database " + DATABASE + " owner " + OWNER);
      }
      try (Connection inside = server.getDatabase(SUPERUSER, DATABASE).getConnection()) {
        DatabaseRoles.ensure(inside, SERVICE);
      }
    } catch (SQLException e) {
      throw new Refusal("The embedded PostgreSQL is not usable: " + e.getMessage(), e);
    }
  }

  /** The least that each login needs: none may make roles or pass by row level security. */
  private static String lawful(String login, String password) {
    return "alter role %s nosuperuser nobypassrls nocreaterole nocreatedb noinherit password '%s'"
        .formatted(login, password);
  }

  private static boolean absent(Statement statement, String query) throws SQLException {
    try (var rows = statement.executeQuery(query)) {
      return !rows.next();
    }
  }

  private static String lastWords(DataDirectory data, Exception failure) {
    try {
      return Files.readAllLines(data.file(LOG_FILE)).stream()
          .filter(line -> !line.isBlank())
          .reduce((_, last) -> last)
          .orElse(failure.getMessage());
    } catch (IOException _) {
      return failure.getMessage();
    }
  }
}
