package dev.voiceledger.start;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.voiceledger.BoundsSpy;
import dev.voiceledger.FreshDatabase;
import dev.voiceledger.PgBouncer;
import dev.voiceledger.TestDatabase;
import dev.voiceledger.TestDatabases;
import dev.voiceledger.history.Api;
import java.io.IOException;
import java.net.URI;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Two replicas on an empty database behind one PgBouncer in transaction mode, which nobody told
 * them of; both migrate at once. Beside the service stands a spy: it notes within which bounds the
 * statements run that write to certain tables.
 */
final class PooledReplicas implements AutoCloseable {
  private static final String AS_IT_WAS =
      """
      select pg_backend_pid(),
        session_user = current_user
        and coalesce(current_setting('request.jwt.claims', true), '') = ''
        and current_setting('lock_timeout') = '0' and current_setting('statement_timeout') = '0'
        and current_setting('plan_cache_mode') = 'auto' and current_setting('enable_seqscan') = 'on'
        and not exists (select from pg_prepared_statements)
        and not exists (select from pg_listening_channels())\
      """;

  final TestDatabase database;
  final List<RunningService> all;
  private final PgBouncer bouncer;

  private PooledReplicas(TestDatabase database, PgBouncer bouncer, List<RunningService> all) {
    this.database = database;
    this.bouncer = bouncer;
    this.all = all;
  }

  /**
   * @param direct whether DATABASE_DIRECT_URL leads past the pooler
   */
  static PooledReplicas start(boolean direct, Map<String, String> settings) throws Exception {
    TestDatabase database = TestDatabases.on18().empty();
    PgBouncer bouncer = PgBouncer.before(database);
    try {
      return start(database, bouncer, direct, settings);
    } catch (IllegalStateException | AssertionError failed) {
      bouncer.close();
      throw failed;
    }
  }

  private static PooledReplicas start(
      TestDatabase database, PgBouncer bouncer, boolean direct, Map<String, String> settings) {
    Map<String, String> environment = environment(database, bouncer, direct);
    environment.putAll(settings);
    List<RunningService> all = Api.atOnce(List.of(starting(environment), starting(environment)));
    BoundsSpy.on(database);
    return new PooledReplicas(database, bouncer, all);
  }

  private static Map<String, String> environment(
      TestDatabase database, PgBouncer bouncer, boolean direct) {
    TestDatabase pooled = bouncer.through();
    Map<String, String> environment = new HashMap<>();
    environment.put("DATABASE_URL", pooled.url(TestDatabase.SERVICE));
    environment.put("DATABASE_OWNER_URL", pooled.url(TestDatabase.OWNER));
    if (direct) {
      environment.put("DATABASE_DIRECT_URL", database.url(TestDatabase.SERVICE));
    }
    environment.put("LIVEKIT_API_KEY", FreshDatabase.LIVEKIT_API_KEY);
    environment.put("LIVEKIT_API_SECRET", FreshDatabase.LIVEKIT_API_SECRET);
    environment.put("JWT_SECRET", FreshDatabase.JWT_SECRET);
    return environment;
  }

  private static Supplier<RunningService> starting(Map<String, String> environment) {
    return () -> {
      try {
        return RunningService.start(environment);
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    };
  }

  List<URI> bases() {
    return all.stream().map(each -> URI.create("http://127.0.0.1:" + each.port + "/")).toList();
  }

  String output() {
    StringBuilder outputs = new StringBuilder();
    try {
      for (RunningService each : all) {
        outputs.append(each.output());
      }
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    return outputs.toString();
  }

  /** Where the machine is busy, a job's turn may wait for a connection in vain. */
  void assertNoErrors() {
    List<String> errors =
        output()
            .lines()
            .filter(line -> line.contains(" ERROR ") && !line.endsWith("Throwable: Timeout"))
            .toList();
    assertEquals(List.of(), errors);
  }

  /** Each kind of connection has its own, in every one of its transactions. */
  void assertBounds() {
    assertEquals(BoundsSpy.AS_STATED, BoundsSpy.seen(database));
  }

  /** All of the pooler's connections at once: each transaction holds one. */
  void assertNothingIsLeft() throws SQLException {
    Set<Integer> processes = new HashSet<>();
    List<Connection> connections = new ArrayList<>();
    try {
      for (int i = 0; i < PgBouncer.CONNECTIONS; i++) {
        Connection connection = bouncer.through().service();
        connections.add(connection);
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement();
            ResultSet row = statement.executeQuery(AS_IT_WAS)) {
          row.next();
          processes.add(row.getInt(1));
          assertTrue(row.getBoolean(2), "something is left on a connection");
        }
      }
    } finally {
      for (Connection connection : connections) {
        connection.close();
      }
    }
    assertEquals(PgBouncer.CONNECTIONS, processes.size());
  }

  @Override
  public void close() {
    all.forEach(RunningService::close);
    bouncer.close();
  }
}
