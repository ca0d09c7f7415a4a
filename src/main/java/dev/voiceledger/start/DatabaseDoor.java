package dev.voiceledger.start;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;
import org.postgresql.Driver;
import org.postgresql.PGConnection;

/** Tries the database before Quarkus does, so that what is wrong with it is told in one line. */
final class DatabaseDoor {
  private static final String CONNECT_SECONDS_MAX = "10";

  /** A start that waits for ever has no port, and so no probe that could tell. */
  private static final String ANSWER_SECONDS_MAX = "30";

  private static final int VERSION_MIN = 150_000;

  private static final String FACTS =
      """
      select current_setting('server_version_num')::int as version,
             current_setting('server_version') as version_name,
             current_setting('fsync') as fsync,
             current_setting('synchronous_commit') as synchronous_commit\
      """;

  private static final String SERVER_PROCESS = "select pg_backend_pid()";

  private DatabaseDoor() {}

  /**
   * What stands between the service and its database.
   *
   * @param behindPooler whether DATABASE_URL leads to a pooler
   * @param holdsSessions whether a session can last: on DATABASE_URL, or on DATABASE_DIRECT_URL
   */
  record Ways(boolean behindPooler, boolean holdsSessions) {}

  /**
   * Sees to the roles as the owner, and then that the service's login may become them.
   *
   * @throws Refusal naming the variable to mend, or the SQL to run
   */
  static Ways check(Settings settings) {
    String ownersVariable =
        settings.get("DATABASE_OWNER_URL").isPresent() ? "DATABASE_OWNER_URL" : "DATABASE_URL";
    try (Connection owner = open(settings.owner())) {
      checkServer(owner);
      DatabaseRoles.ensure(owner, settings.service().user());
    } catch (SQLException e) {
      throw refusal(ownersVariable, e);
    }
    boolean behindPooler = isPooled("DATABASE_URL", settings.service());
    boolean given = settings.get("DATABASE_DIRECT_URL").isPresent();
    boolean directPooled =
        given ? isPooled("DATABASE_DIRECT_URL", settings.direct()) : behindPooler;
    if (behindPooler || directPooled) {
      System.err.println("voiceledger: " + told(behindPooler, given, directPooled));
    }
    return new Ways(behindPooler, !directPooled);
  }

  private static String told(boolean behindPooler, boolean given, boolean directPooled) {
    String pooler = behindPooler ? "DATABASE_URL goes through a pooler; " : "";
    if (!directPooled) {
      return pooler + "LISTEN and locks go past it, by DATABASE_DIRECT_URL";
    }
    return pooler
        + (given ? "DATABASE_DIRECT_URL goes through one" : "DATABASE_DIRECT_URL is not set")
        + ": changes made by other replicas are found by polling";
  }

  /**
   * Whether the server process that answers is another than the one that PostgreSQL names when it
   * lets somebody in: poolers have names of their own, since they share server processes out. Also
   * sees that the login may become the roles, and leaves nothing behind on what may be shared.
   */
  private static boolean isPooled(String variable, DatabaseAddress address) {
    try (Connection connection = open(address);
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      if (variable.equals("DATABASE_URL")) {
        statement.execute("set local role authenticated");
        statement.execute("set local role service_role");
      }
      int named = connection.unwrap(PGConnection.class).getBackendPID();
      try (ResultSet process = statement.executeQuery(SERVER_PROCESS)) {
        process.next();
        return process.getInt(1) != named;
      } finally {
        connection.rollback();
      }
    } catch (SQLException e) {
      throw refusal(variable, e);
    }
  }

  /** A connection for the start alone; the service itself speaks to the database reactively. */
  static Connection open(DatabaseAddress address) throws SQLException {
    Properties login = new Properties();
    login.setProperty("user", address.user());
    login.setProperty("connectTimeout", CONNECT_SECONDS_MAX);
    login.setProperty("loginTimeout", CONNECT_SECONDS_MAX);
    login.setProperty("socketTimeout", ANSWER_SECONDS_MAX);
    login.setProperty("ApplicationName", "voiceledger start");
    if (address.password() != null) {
      login.setProperty("password", address.password());
    }
    return new Driver().connect(address.jdbcUrl(), login);
  }

  private static void checkServer(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet facts = statement.executeQuery(FACTS)) {
      facts.next();
      if (facts.getInt("version") < VERSION_MIN) {
        throw new Refusal(
            "DATABASE_URL leads to PostgreSQL "
                + facts.getString("version_name")
                + "; the service needs 15 or newer");
      }
      warnIfOff(facts, "fsync");
      warnIfOff(facts, "synchronous_commit");
    }
  }

  private static void warnIfOff(ResultSet facts, String setting) throws SQLException {
    if (facts.getString(setting).equals("off")) {
      System.err.println(
          "voiceledger: warning: the database has "
              + setting
              + " off; what the service calls kept may be lost when the machine fails");
    }
  }

  private static Refusal refusal(String variable, SQLException e) {
    String words = e.getMessage().lines().findFirst().orElse("");
    String cause = e.getCause() == null ? "" : String.valueOf(e.getCause().getMessage());
    String detail = cause.isEmpty() || words.contains(cause) ? "" : " (" + cause + ")";
    return new Refusal(variable + " does not work: " + words + detail, e);
  }
}
