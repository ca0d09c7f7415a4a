package dev.voiceledger.start;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.voiceledger.TestDatabase;
import dev.voiceledger.TestDatabases;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.UUID;
import java.util.function.Supplier;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Roles belong to a whole server, so each test works with logins and databases of its own. */
class DatabaseRolesTest {
  private static final List<String> ROLES = List.of("anon", "authenticated", "service_role");

  enum Server {
    OLDEST(TestDatabases::on15),
    NEWEST(TestDatabases::on18);

    private final Supplier<TestDatabases> databases;

    Server(Supplier<TestDatabases> databases) {
      this.databases = databases;
    }
  }

  private static TestDatabase on(Server server) {
    return server.databases.get().empty();
  }

  private static String login(TestDatabase database, String attributes) {
    String login = "Login-" + UUID.randomUUID();
    database.asSuperuser(
        "create role \"%s\" login password '%s' %s"
            .formatted(login, database.password(), attributes));
    return login;
  }

  private static void ensure(TestDatabase database, String owner, String login)
      throws SQLException {
    try (Connection connection = database.connection(owner)) {
      DatabaseRoles.ensure(connection, login);
    }
  }

  private static Refusal refused(TestDatabase database, String owner, String login) {
    return assertThrows(Refusal.class, () -> ensure(database, owner, login));
  }

  private static String sqlIn(Refusal refusal) {
    return refusal.getMessage().substring(refusal.getMessage().indexOf("begin;"));
  }

  /** May become each role, has nothing of them before it does, and they are nobody special. */
  private static void assertLawful(TestDatabase database, String login) throws SQLException {
    try (Connection connection = database.connection(login);
        var statement = connection.createStatement()) {
      for (String role : ROLES) {
        assertFalse(
            truth(connection, "select pg_has_role(current_user, '" + role + "', 'usage')"),
            login + " inherits from " + role);
        statement.execute("set role " + role);
        assertTrue(truth(connection, "select current_user = '" + role + "'"));
        statement.execute("reset role");
      }
      assertTrue(
          truth(
              connection,
              """
              select bool_and(not rolsuper and not rolbypassrls and not rolcanlogin)
              from pg_roles where rolname in ('anon', 'authenticated', 'service_role')\
              """));
    }
  }

  private static boolean truth(Connection connection, String question) throws SQLException {
    try (var statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(question)) {
      rows.next();
      return rows.getBoolean(1);
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_superuser_lets_the_service_become_the_roles(Server server) throws SQLException {
    TestDatabase database = on(server);
    String login = login(database, "noinherit");

    ensure(database, TestDatabase.SUPERUSER, login);
    ensure(database, TestDatabase.SUPERUSER, login);

    assertLawful(database, login);
  }

  @ParameterizedTest
  @EnumSource
  void an_owner_that_may_make_roles_makes_them(Server server) throws SQLException {
    TestDatabase database = server.databases.get().onUntouchedServer();
    Refusal refusal = refused(database, TestDatabase.OWNER, TestDatabase.SERVICE);
    assertTrue(refusal.getMessage().contains("create role service_role"));
    database.asSuperuser("alter role " + TestDatabase.OWNER + " createrole");

    ensure(database, TestDatabase.OWNER, TestDatabase.SERVICE);

    assertLawful(database, TestDatabase.SERVICE);
  }

  @ParameterizedTest
  @EnumSource
  void one_login_for_all_is_enough(Server server) throws SQLException {
    TestDatabase database = server.databases.get().onUntouchedServer();
    String all = login(database, "noinherit createrole");
    database.asSuperuser("alter database " + database.name() + " owner to \"" + all + "\"");
    database.asSuperuser("grant create on schema public to \"" + all + "\"");

    ensure(database, all, all);

    assertLawful(database, all);
  }

  @ParameterizedTest
  @EnumSource
  void a_login_that_is_a_superuser_is_allowed(Server server) throws SQLException {
    TestDatabase database = on(server);

    ensure(database, TestDatabase.SUPERUSER, TestDatabase.SUPERUSER);
  }

  @ParameterizedTest
  @EnumSource
  void an_owner_without_the_right_gets_the_sql_that_mends_it(Server server) throws SQLException {
    TestDatabase database = on(server);
    String login = login(database, "noinherit");

    Refusal refusal = refused(database, TestDatabase.OWNER, login);
    assertFalse(refusal.getMessage().contains("create role"), "the roles are there");
    database.asSuperuser(sqlIn(refusal));

    ensure(database, TestDatabase.OWNER, login);
    assertLawful(database, login);
  }

  @ParameterizedTest
  @EnumSource
  void a_login_that_would_inherit_is_refused_and_the_sql_mends_it(Server server)
      throws SQLException {
    TestDatabase database = on(server);
    String login = login(database, "inherit");
    database.asSuperuser("grant anon, authenticated, service_role to \"" + login + "\"");

    Refusal refusal = refused(database, TestDatabase.SUPERUSER, login);
    database.asSuperuser(sqlIn(refusal));

    ensure(database, TestDatabase.SUPERUSER, login);
    assertLawful(database, login);
  }

  @ParameterizedTest
  @EnumSource
  void inheriting_by_way_of_another_role_is_refused_too(Server server) throws SQLException {
    TestDatabase database = on(server);
    String group = login(database, "inherit");
    String login = login(database, "inherit");
    database.asSuperuser("grant authenticated to \"" + group + "\"");
    database.asSuperuser("grant \"" + group + "\" to \"" + login + "\"");

    Refusal refusal = refused(database, TestDatabase.SUPERUSER, login);
    database.asSuperuser(sqlIn(refusal));

    ensure(database, TestDatabase.SUPERUSER, login);
    assertLawful(database, login);
  }

  @ParameterizedTest
  @EnumSource
  void an_owner_that_may_not_create_gets_the_sql_that_mends_it(Server server) throws SQLException {
    TestDatabase database = on(server);
    String login = login(database, "noinherit");

    Refusal refusal = refused(database, login, login);
    assertTrue(refusal.getMessage().contains("grant create on database"));
    assertTrue(refusal.getMessage().contains("grant create on schema public"));
    database.asSuperuser(sqlIn(refusal));

    ensure(database, login, login);
    assertLawful(database, login);
  }

  @ParameterizedTest
  @EnumSource
  void a_refused_start_changes_nothing(Server server) throws SQLException {
    TestDatabase database = on(server);
    String login = login(database, "inherit");
    database.asSuperuser("grant anon to \"" + login + "\"");

    refused(database, TestDatabase.SUPERUSER, login);

    try (Connection superuser = database.superuser()) {
      assertFalse(
          truth(
              superuser,
              "select pg_has_role('\"%s\"'::regrole, 'service_role', 'member')".formatted(login)));
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_login_that_does_not_exist_is_named(Server server) {
    Refusal refusal = refused(on(server), TestDatabase.SUPERUSER, "nobody-here");

    assertEquals("The server has no login nobody-here", refusal.getMessage());
  }
}
