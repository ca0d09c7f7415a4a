package dev.voiceledger.start;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;
import org.postgresql.Driver;

/** Tries the database before Quarkus does, so that what is wrong with it is told in one line. */
final class DatabaseDoor {
  private static final String CONNECT_SECONDS_MAX = "10";
  private static final int VERSION_MIN = 150_000;

  private static final String FACTS =
      """
      select current_setting('server_version_num')::int as version,
             current_setting('server_version') as version_name,
             current_setting('fsync') as fsync,
             current_setting('synchronous_commit') as synchronous_commit\
      """;

  private DatabaseDoor() {}

  /**
   * Sees to the roles as the owner, and then that the service's login may become them.
   *
   * @throws Refusal naming the variable to mend, or the SQL to run
   */
  static void check(Settings settings) {
    String ownersVariable =
        settings.get("DATABASE_OWNER_URL").isPresent() ? "DATABASE_OWNER_URL" : "DATABASE_URL";
    try (Connection owner = open(settings.owner())) {
      checkServer(owner);
      DatabaseRoles.ensure(owner, settings.service().user());
    } catch (SQLException e) {
      throw refusal(ownersVariable, e);
    }
    try (Connection service = open(settings.service());
        Statement statement = service.createStatement()) {
      statement.execute("set role authenticated");
      statement.execute("set role service_role");
    } catch (SQLException e) {
      throw refusal("DATABASE_URL", e);
    }
  }

  /** A connection for the start alone; the service itself speaks to the database reactively. */
  static Connection open(DatabaseAddress address) throws SQLException {
    Properties login = new Properties();
    login.setProperty("user", address.user());
    login.setProperty("connectTimeout", CONNECT_SECONDS_MAX);
    login.setProperty("loginTimeout", CONNECT_SECONDS_MAX);
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
