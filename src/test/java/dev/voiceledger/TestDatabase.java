package dev.voiceledger;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;

/**
 * One database of a test, and the three who may enter: the superuser that no production knows, the
 * owner that migrates, the service that may become the roles.
 */
public record TestDatabase(String host, int port, String name, String password) {
  public static final String SUPERUSER = "postgres";
  public static final String OWNER = "voiceledger_owner";
  public static final String SERVICE = "voiceledger";

  public String jdbcUrl() {
    return "jdbc:postgresql://" + host + ":" + port + "/" + name;
  }

  public String reactiveUrl() {
    return "postgresql://" + host + ":" + port + "/" + name;
  }

  /** As a person writes it into DATABASE_URL. */
  public String url(String login) {
    return "postgresql://" + login + ":" + password + "@" + host + ":" + port + "/" + name;
  }

  public Connection superuser() throws SQLException {
    return connection(SUPERUSER);
  }

  public Connection owner() throws SQLException {
    return connection(OWNER);
  }

  public Connection service() throws SQLException {
    return connection(SERVICE);
  }

  public Connection connection(String login) throws SQLException {
    return DriverManager.getConnection(jdbcUrl(), login, password);
  }

  /** Runs statements as the superuser, for what a test needs and no login of ours may. */
  public void asSuperuser(String sql) {
    try (Connection connection = superuser();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw new IllegalStateException(sql, e);
    }
  }

  /** What the service is told of this database, in Quarkus' keys. */
  public Map<String, String> properties() {
    return Map.of(
        "quarkus.datasource.reactive.url", reactiveUrl(),
        "quarkus.datasource.username", SERVICE,
        "quarkus.datasource.password", password,
        "quarkus.datasource.owner.jdbc.url", jdbcUrl(),
        "quarkus.datasource.owner.username", OWNER,
        "quarkus.datasource.owner.password", password);
  }
}
