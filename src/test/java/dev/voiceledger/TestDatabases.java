package dev.voiceledger;

import dev.voiceledger.start.DatabaseRoles;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import io.zonky.test.db.postgres.embedded.PgBinaryResolver;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Assumptions;

/**
 * Real PostgreSQL servers for tests, durable like production: one of each version in a JVM, started
 * when first asked for and stopped at its end. Each test takes a {@link #fresh} database, migrated
 * by an owner that is no superuser, and never cleans up.
 */
public final class TestDatabases {
  private static final Path BINARIES = Path.of("target", "postgres");
  private static final Path BINARIES_15 = Path.of("target", "postgres-15");

  /** Of the superuser and of both logins. */
  public static final String PASSWORD = "a-password-of-tests";

  private static final String TEMPLATE = "migrated";
  private static final AtomicInteger STARTED = new AtomicInteger();

  private final String host;
  private final int port;
  private final String password;
  private final Supplier<EmbeddedPostgres> another;

  private TestDatabases(int port, Supplier<EmbeddedPostgres> another) {
    this("127.0.0.1", port, PASSWORD, another);
  }

  private TestDatabases(
      String host, int port, String password, Supplier<EmbeddedPostgres> another) {
    this.host = host;
    this.port = port;
    this.password = password;
    this.another = another;
  }

  /**
   * A server that somebody else runs.
   *
   * @param url of its superuser: {@code postgresql://postgres:PASSWORD@HOST:PORT/postgres}
   */
  public static TestDatabases at(URI url) {
    String password = url.getUserInfo().split(":", 2)[1];
    TestDatabases databases = new TestDatabases(url.getHost(), url.getPort(), password, null);
    databases.database("postgres").asSuperuser("drop database if exists " + TEMPLATE);
    databases.prepare();
    return databases;
  }

  /** The version that comes with the service. */
  public static TestDatabases on18() {
    return running("18", null, Map.of("locale-provider", "builtin", "builtin-locale", "C.UTF-8"));
  }

  /** The oldest version that the service promises; the test is skipped, loudly, without it. */
  public static TestDatabases on15() {
    String system = System.getProperty("os.name").startsWith("Mac") ? "darwin" : "linux";
    String machine = System.getProperty("os.arch").equals("amd64") ? "x86_64" : "arm_64";
    Path archive = BINARIES_15.resolve("postgres-" + system + "-" + machine + ".txz");
    if (!Files.exists(archive)) {
      String skipped = "SKIPPED: no PostgreSQL 15 for this machine at " + archive;
      System.err.println(skipped);
      Assumptions.abort(skipped);
    }
    return running("15", (_, _) -> Files.newInputStream(archive), Map.of());
  }

  /**
   * A test's classes may be loaded more than once in a JVM, by Quarkus and by JUnit, so the server
   * is remembered where there is only one of it: in the system properties.
   */
  private static TestDatabases running(
      String version, PgBinaryResolver binaries, Map<String, String> locale) {
    String key = "voiceledger.test.postgres." + version;
    Supplier<EmbeddedPostgres> server = () -> start(version, binaries, locale);
    synchronized (System.getProperties()) {
      String port = System.getProperty(key);
      if (port == null) {
        System.setProperty(key, "0"); // should it fail, the other tests need not try again
        TestDatabases databases = new TestDatabases(server.get().getPort(), server);
        databases.prepare();
        System.setProperty(key, Integer.toString(databases.port));
        return databases;
      }
      return new TestDatabases(Integer.parseInt(port), server);
    }
  }

  /** A migrated database on a server that a test has started itself, as nobody did before. */
  public static TestDatabase freshOn(int port) {
    TestDatabases databases = new TestDatabases(port, null);
    databases.prepare();
    return databases.fresh();
  }

  /** A database on a server of its own, where no role of ours was ever made; it takes seconds. */
  public TestDatabase onUntouchedServer() {
    TestDatabases untouched = new TestDatabases(another.get().getPort(), another);
    untouched.makeLogins();
    return untouched.empty();
  }

  private static EmbeddedPostgres start(
      String version, PgBinaryResolver binaries, Map<String, String> locale) {
    try {
      Path password = Files.createTempFile("voiceledger-test", ".password");
      Files.writeString(password, PASSWORD);
      EmbeddedPostgres.Builder builder =
          EmbeddedPostgres.builder()
              .setOverrideWorkingDirectory(BINARIES.toAbsolutePath().toFile())
              .setLocaleConfig("locale", "C")
              .setLocaleConfig("auth", "scram-sha-256")
              .setLocaleConfig("pwfile", password.toString())
              .setConnectConfig("password", PASSWORD)
              .setServerConfig("listen_addresses", "127.0.0.1")
              .setServerConfig("unix_socket_directories", "")
              .setServerConfig("max_connections", "100")
              .setServerConfig("shared_preload_libraries", "pg_stat_statements")
              .setServerConfig("fsync", "on")
              .setServerConfig("synchronous_commit", "on");
      locale.forEach(builder::setLocaleConfig);
      if (binaries != null) {
        builder.setPgBinaryResolver(binaries);
      }
      EmbeddedPostgres server = builder.start();
      Files.delete(password);
      System.err.println("PostgreSQL " + version + " for tests listens on " + server.getPort());
      return server;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The logins of production, and a database on which they have migrated everything. */
  private void prepare() {
    makeLogins();
    TestDatabase template = empty(TEMPLATE);
    try (Connection superuser = template.superuser()) {
      DatabaseRoles.ensure(superuser, TestDatabase.SERVICE);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
    Flyway.configure()
        .dataSource(template.jdbcUrl(), TestDatabase.OWNER, password)
        .locations("filesystem:migrations")
        .load()
        .migrate();
  }

  private void makeLogins() {
    String login = "login password '" + password + "' nosuperuser nobypassrls";
    makeLogin(TestDatabase.OWNER, login);
    makeLogin(TestDatabase.SERVICE, "noinherit " + login);
  }

  private void makeLogin(String name, String how) {
    String ifMissing =
        """
        do $$ begin
          if not exists (select from pg_roles where rolname = '%1$s') then
            create role %1$s %2$s;
          end if;
        end $$\
        """;
    database("postgres").asSuperuser(ifMissing.formatted(name, how));
  }

  /** A migrated database that nobody else has. */
  public TestDatabase fresh() {
    return create("fresh_" + STARTED.incrementAndGet() + "_" + unique(), " template " + TEMPLATE);
  }

  /** A database with the owner's login and nothing in it; the roles may be there. */
  public TestDatabase empty() {
    return empty("empty_" + unique());
  }

  private TestDatabase empty(String name) {
    return create(name, "");
  }

  private TestDatabase create(String name, String template) {
    database("postgres")
        .asSuperuser("create database " + name + template + " owner " + TestDatabase.OWNER);
    return database(name);
  }

  private TestDatabase database(String name) {
    return new TestDatabase(host, port, name, password);
  }

  private static String unique() {
    return UUID.randomUUID().toString().replace("-", "").substring(0, 12);
  }
}
