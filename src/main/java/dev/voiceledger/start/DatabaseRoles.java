package dev.voiceledger.start;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/**
 * The roles that row level security speaks of, and the right of the service's login to become them
 * without inheriting from them: a login that inherits would pass every policy of theirs without
 * ever having said who asks. Each question below answers with the statements that are missing, so
 * what the service tries itself and what it asks an administrator for are the same text.
 */
public final class DatabaseRoles {
  private static final int GRANTS_SAY_INHERIT = 160_000;

  private static final String FACTS =
      """
      select current_setting('server_version_num')::int as version,
             current_user as owner, current_database() as database,
             login.oid is not null as login_exists, login.rolsuper as login_is_superuser
      from (values (?)) asked (name) left join pg_roles login on login.rolname = asked.name\
      """;

  /** Roles that exist, a platform's own, stay as they are. */
  private static final String ABSENT =
      """
      select format('create role %I nologin nosuperuser nobypassrls noinherit', name)
      from unnest(array['anon', 'authenticated', 'service_role']) name
      where not exists (select from pg_roles where rolname = name)\
      """;

  private static final String MAY_NOT_BECOME =
      """
      select format('grant %I to %I with inherit false, set true', name, login)
      from (values (?)) asked (login), unnest(array['anon', 'authenticated', 'service_role']) name
      where case when to_regrole(name) is null then true
                 else not pg_has_role(login, name, 'set') end\
      """;

  private static final String MAY_NOT_BECOME_15 =
      """
      select format('grant %I to %I', name, login)
      from (values (?)) asked (login), unnest(array['anon', 'authenticated', 'service_role']) name
      where case when to_regrole(name) is null then true
                 else not pg_has_role(login, name, 'member') end\
      """;

  /** Through whichever grant, be it of another role that is a member in turn. */
  private static final String INHERITS =
      """
      select format('grant %s to %I with inherit false granted by %s',
                    m.roleid::regrole, login.rolname, m.grantor::regrole)
      from pg_auth_members m join pg_roles login on login.oid = m.member
      where login.rolname = ? and m.inherit_option
        and exists (select from pg_roles r
                    where r.rolname in ('anon', 'authenticated', 'service_role')
                      and pg_has_role(m.roleid, r.oid, 'usage'))\
      """;

  /** Here a grant cannot say whether it is inherited; the login says it for all of them. */
  private static final String INHERITS_15 =
      """
      select format('alter role %I noinherit', rolname) from pg_roles
      where rolname = ? and rolinherit\
      """;

  /** What the migrations will do first must be allowed, or already done. */
  private static final String OWNER_LACKS =
      """
      select format('grant create on schema public to %I', current_user)
      where not has_schema_privilege(to_regnamespace('public'), 'create')
      union all
      select format('grant create on database %I to %I', current_database(), current_user)
      where not has_database_privilege(current_database(), 'create')
        and (to_regnamespace('auth') is null or to_regnamespace('voiceledger') is null
             or not exists (select from pg_extension where extname = 'uuid-ossp'))\
      """;

  private static final String EXTENSION_UNKNOWN =
      """
      select name from (values ('uuid-ossp')) wanted (name)
      where not exists (select from pg_available_extensions a where a.name = wanted.name)\
      """;

  private final Connection connection;
  private final String login;
  private final int version;
  private final boolean superuser;
  private final String place;

  private DatabaseRoles(Connection connection, String login) throws SQLException {
    this.connection = connection;
    this.login = login;
    try (PreparedStatement statement = connection.prepareStatement(FACTS)) {
      statement.setString(1, login);
      try (ResultSet facts = statement.executeQuery()) {
        facts.next();
        version = facts.getInt("version");
        superuser = facts.getBoolean("login_is_superuser");
        place = "database " + facts.getString("database");
        if (!facts.getBoolean("login_exists")) {
          throw new Refusal("The server has no login " + login);
        }
      }
    }
  }

  /**
   * Makes what is missing, as far as the owner may, in one transaction.
   *
   * @param owner a connection of the login that runs the migrations; left in auto-commit
   * @param login the login that serves requests, perhaps the same
   * @throws Refusal with the exact SQL for an administrator
   */
  public static void ensure(Connection owner, String login) throws SQLException {
    DatabaseRoles roles = new DatabaseRoles(owner, login);
    if (!roles.ask(EXTENSION_UNKNOWN).isEmpty()) {
      throw new Refusal("The server lacks the extension uuid-ossp; install its contrib package");
    }
    List<String> missing = roles.missing();
    if (!roles.forAdministrator().isEmpty()) {
      throw roles.refusal(missing, null);
    }
    if (!missing.isEmpty()) {
      roles.make(missing);
    }
  }

  private void make(List<String> missing) throws SQLException {
    connection.setAutoCommit(false);
    try (Statement statement = connection.createStatement()) {
      for (String sql : missing) {
        statement.execute(sql);
      }
      if (!forAdministrator().isEmpty()) {
        throw new SQLException("the new grants would be inherited");
      }
      connection.commit();
    } catch (SQLException e) {
      connection.rollback();
      List<String> still = missing(); // another replica may have been faster
      if (!still.isEmpty()) {
        throw refusal(still, e);
      }
    } finally {
      connection.setAutoCommit(true);
    }
  }

  /** In the order in which they may be run: nothing is granted to a login that would inherit. */
  private List<String> missing() throws SQLException {
    List<String> missing = new ArrayList<>(ask(ABSENT));
    missing.addAll(forAdministrator());
    missing.addAll(asked(version < GRANTS_SAY_INHERIT ? MAY_NOT_BECOME_15 : MAY_NOT_BECOME));
    return missing;
  }

  /** What changes somebody's rights, and is therefore never done unasked. */
  private List<String> forAdministrator() throws SQLException {
    List<String> rights = new ArrayList<>(ask(OWNER_LACKS));
    if (!superuser) {
      rights.addAll(asked(version < GRANTS_SAY_INHERIT ? INHERITS_15 : INHERITS));
    }
    return rights;
  }

  private List<String> ask(String question) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      return strings(statement.executeQuery(question));
    }
  }

  private List<String> asked(String question) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(question)) {
      statement.setString(1, login);
      return strings(statement.executeQuery());
    }
  }

  private static List<String> strings(ResultSet rows) throws SQLException {
    List<String> strings = new ArrayList<>();
    while (rows.next()) {
      strings.add(rows.getString(1));
    }
    return strings;
  }

  private Refusal refusal(List<String> missing, SQLException cause) {
    String reason = cause == null ? "" : " (" + cause.getMessage().lines().findFirst().get() + ")";
    return new Refusal(
        "The logins lack rights or have too many"
            + reason
            + ". Run this as an administrator in "
            + place
            + ":\n\nbegin;\n"
            + String.join(";\n", missing)
            + ";\ncommit;\n",
        cause);
  }
}
