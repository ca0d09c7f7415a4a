package dev.voiceledger.ledger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.voiceledger.PgBouncer;
import dev.voiceledger.TestDatabase;
import dev.voiceledger.TestDatabases;
import dev.voiceledger.platform.SessionSettings;
import dev.voiceledger.webhook.TypicalCalls;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** Groups through a real PgBouncer in transaction mode take away all that they bring along. */
class BehindPoolerTest {
  private static final Events EVENTS = new Events();
  private static final String LEFT =
      """
      select (select count(*) from pg_prepared_statements)
        + (select count(*) from pg_settings where source = 'session' and name in
           ('role', 'lock_timeout', 'statement_timeout', 'plan_cache_mode', 'enable_seqscan'))\
      """;

  private final Vertx vertx = Vertx.vertx();
  private TestDatabase database;
  private PgBouncer bouncer;

  @BeforeEach
  void begin() throws Exception {
    database = TestDatabases.on18().fresh();
    bouncer = PgBouncer.before(database);
  }

  @AfterEach
  void end() {
    bouncer.close();
    vertx.close();
  }

  private static PgConnectOptions options(TestDatabase where) {
    PgConnectOptions options =
        PgConnectOptions.fromUri(where.reactiveUrl())
            .setUser(TestDatabase.SERVICE)
            .setPassword(where.password())
            .setPipeliningLimit(64);
    options.getProperties().remove("extra_float_digits");
    return options;
  }

  private GroupConnection open(PgConnectOptions options, boolean pooled) throws Exception {
    GroupConnection.Address address = new GroupConnection.Address(options, pooled);
    return answer(GroupConnection.open(vertx, address, EVENTS.statements()));
  }

  private static <T> T answer(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
  }

  /** A kind of this one statement. */
  private record Saying(String sql) implements Kind<String, Integer> {
    @Override
    public List<String> statements() {
      return List.of(sql);
    }

    @Override
    public List<Write> writes(List<String> entries) {
      Write good = new Write(Saying.GOOD, Tuple.tuple());
      return List.of(good, new Write(sql, Tuple.tuple()), good);
    }

    private static final String GOOD = "select 1 where current_user = 'service_role'";

    @Override
    public List<Integer> results(List<String> entries, List<RowSet<Row>> answers) {
      return answers.stream().map(RowSet::size).toList();
    }

    @Override
    public UUID callId(String entry) {
      return null;
    }

    @Override
    public int hash(String entry) {
      return 0;
    }

    @Override
    public String label(String entry) {
      return entry;
    }

    @Override
    public Optional<String> refused(String entry, String reason) {
      return Optional.empty();
    }
  }

  @Test
  void good_and_bad_groups_leave_nothing() throws Exception {
    GroupConnection through = open(options(bouncer.through()), true);
    List<Entry> entries = TypicalCalls.of("pooled", 20).entries();
    assertEquals(entries.size(), answer(through.commit(EVENTS, entries)).size());
    String timeout = "select 1 where current_setting('lock_timeout') = '150ms'";
    for (int round = 0; round < 3; round++) {
      assertEquals(List.of(1, 1, 1), answer(through.commit(new Saying(timeout), List.of("x"))));
      for (String bad : List.of("select 1 / (select 0)", "select nonsense", "select 1 from no")) {
        assertThrows(
            ExecutionException.class,
            () -> answer(through.commit(new Saying(bad), List.of("x"))),
            bad);
        assertNothingIsLeft();
      }
    }
    assertEquals(entries.size(), answer(through.commit(EVENTS, entries)).size());
    assertNothingIsLeft();
  }

  private void assertNothingIsLeft() throws SQLException {
    try (Connection connection = bouncer.through().service();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(LEFT)) {
      row.next();
      assertEquals(0, row.getInt(1));
    }
  }

  /** {@code ./mvnw test -Dtest=BehindPoolerTest -Dfigure=true}: printed, not asserted. */
  @Test
  @EnabledIfSystemProperty(named = "figure", matches = "true")
  void what_a_pooler_costs_a_group() throws Exception {
    PgConnectOptions plain = options(database);
    GroupConnection lasting = open(SessionSettings.OF_GROUPS.with(plain), false);
    GroupConnection eachTime = open(plain, true);
    GroupConnection through = open(options(bouncer.through()), true);
    for (int size : new int[] {1, 64, 1, 64}) {
      int groups = size == 1 ? 2_000 : 200;
      System.err.printf(
          "groups of %d, us each: settings at the start %d, with each group %d, by PgBouncer %d%n",
          size,
          timed(lasting, "l" + System.nanoTime(), size, groups),
          timed(eachTime, "e" + System.nanoTime(), size, groups),
          timed(through, "t" + System.nanoTime(), size, groups));
    }
    String begin = "begin; set local role service_role";
    String all = begin + SessionSettings.OF_GROUPS.asStatements();
    System.err.printf("begin alone, us: %d, with set local %d%n", begun(begin), begun(all));
  }

  private static long timed(GroupConnection open, String prefix, int size, int groups)
      throws Exception {
    List<Entry> entries = TypicalCalls.of(prefix, size * groups / 10 + 10).entries();
    long start = System.nanoTime();
    for (int group = 0; group < groups; group++) {
      answer(open.commit(EVENTS, entries.subList(group * size, (group + 1) * size)));
    }
    return (System.nanoTime() - start) / groups / 1_000;
  }

  private long begun(String begin) throws Exception {
    int times = 3_000;
    try (Connection connection = database.service();
        Statement statement = connection.createStatement()) {
      long start = 0;
      for (int i = -times; i < times; i++) {
        start = i == 0 ? System.nanoTime() : start;
        statement.execute(begin);
        statement.execute("commit");
      }
      return (System.nanoTime() - start) / times / 1_000;
    }
  }
}
