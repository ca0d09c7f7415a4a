package dev.voiceledger.ledger;

import dev.voiceledger.ledger.Kind.Write;
import dev.voiceledger.platform.DatabasePool;
import dev.voiceledger.platform.SessionSettings;
import dev.voiceledger.platform.WatchedConnections;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.PgConnection;
import io.vertx.sqlclient.PreparedStatement;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * One connection with the statements of a kind prepared on it, sent in one go: begin, statements,
 * commit. Behind a pooler, where the next transaction meets another server connection, a group
 * brings settings and statements along and takes them away before its end: two goes. To be used
 * from the context that opened it.
 */
final class GroupConnection {
  private static final int PIPELINED_MAX = 64;
  private static final String BEGIN = "begin; set local role service_role";

  /** Less than anybody behind it in the lane is made to wait. */
  private static final String BRIEFLY = "; set local statement_timeout = '1500'";

  private final PgConnection connection;
  private final String begin;

  /** Those that last as long as the connection; null where none may. */
  private final Map<String, PreparedStatement> lasting;

  private GroupConnection(
      PgConnection connection, String begin, Map<String, PreparedStatement> lasting) {
    this.connection = connection;
    this.begin = begin;
    this.lasting = lasting;
  }

  /**
   * Where groups go.
   *
   * @param behindPooler whether nothing may be left on a connection
   */
  record Address(PgConnectOptions options, boolean behindPooler) {
    static Address of(DatabasePool database) {
      return new Address(
          database
              .connectOptions(SessionSettings.OF_GROUPS)
              .setPipeliningLimit(PIPELINED_MAX)
              .addProperty("application_name", "voiceledger-ledger"),
          database.isBehindPooler());
    }
  }

  static Future<GroupConnection> open(Vertx vertx, Address address, List<String> statements) {
    Future<PgConnection> opening = WatchedConnections.open(vertx, address.options());
    if (address.behindPooler()) {
      String all = BEGIN + SessionSettings.OF_GROUPS.asStatements();
      return opening.map(opened -> new GroupConnection(opened, all, null));
    }
    Map<String, PreparedStatement> prepared = new HashMap<>();
    return opening.compose(opened ->
        prepare(opened, statements, prepared)
            .map(done -> new GroupConnection(opened, BEGIN, prepared))
            .onFailure(failure -> opened.close()));
  }

  private static Future<?> prepare(
      PgConnection connection,
      Collection<String> statements,
      Map<String, PreparedStatement> prepared) {
    List<Future<PreparedStatement>> all = new ArrayList<>();
    for (String sql : statements) {
      all.add(connection.prepare(sql).onSuccess(statement -> prepared.put(sql, statement)));
    }
    return Future.join(all);
  }

  void onClose(Runnable handler) {
    connection.closeHandler(closed -> handler.run());
  }

  Future<Void> close() {
    return connection.close();
  }

  /**
   * Commits a group.
   *
   * @return what each entry is told; fails with what failed first, and then nothing of the group is
   *     in the database
   */
  <E, R> Future<List<R>> commit(Kind<E, R> kind, List<E> entries) {
    return commit(begin, kind, entries);
  }

  /** The same, of statements that have less time than all others. */
  <E, R> Future<List<R>> commitBriefly(Kind<E, R> kind, List<E> entries) {
    return commit(begin + BRIEFLY, kind, entries);
  }

  private <E, R> Future<List<R>> commit(String begin, Kind<E, R> kind, List<E> entries) {
    List<Write> writes = kind.writes(entries);
    Future<RowSet<Row>> begun = connection.query(begin).execute();
    return (lasting != null ? send(begun, writes, lasting) : bringAlong(begun, writes))
        .map(answers -> kind.results(entries, answers));
  }

  private Future<List<RowSet<Row>>> bringAlong(Future<RowSet<Row>> begun, List<Write> writes) {
    Set<String> statements = new LinkedHashSet<>();
    writes.forEach(write -> statements.add(write.sql()));
    Map<String, PreparedStatement> prepared = new HashMap<>();
    return prepare(connection, statements, prepared)
        .transform(done ->
            done.succeeded()
                ? send(begun, writes, prepared)
                : abandon(begun, prepared, done.cause()));
  }

  /** A prepared statement outlives the transaction that failed, so it is taken away first. */
  private Future<List<RowSet<Row>>> abandon(
      Future<RowSet<Row>> begun, Map<String, PreparedStatement> prepared, Throwable failure) {
    prepared.values().forEach(PreparedStatement::close);
    return connection
        .query("rollback")
        .execute()
        .transform(done -> Future.failedFuture(begun.failed() ? begun.cause() : failure));
  }

  private Future<List<RowSet<Row>>> send(
      Future<RowSet<Row>> begun, List<Write> writes, Map<String, PreparedStatement> prepared) {
    List<Future<RowSet<Row>>> sent = new ArrayList<>();
    for (Write write : writes) {
      sent.add(prepared.get(write.sql()).query().execute(write.arrays()));
    }
    List<Future<RowSet<Row>>> all = new ArrayList<>(sent);
    all.addFirst(begun);
    // A statement that the client itself refused never reached the server, where the transaction
    // would then commit without it.
    boolean whole = all.stream().noneMatch(Future::failed);
    if (prepared != lasting) {
      prepared.values().forEach(PreparedStatement::close);
    }
    all.add(connection.query(whole ? "commit" : "rollback").execute());
    return Future.join(all)
        .transform(done -> firstFailure(all))
        .map(done -> sent.stream().map(Future::result).toList());
  }

  /** COMMIT of a failed transaction answers without an error: every statement must have passed. */
  private static Future<Void> firstFailure(List<Future<RowSet<Row>>> sent) {
    for (Future<RowSet<Row>> one : sent) {
      if (one.failed()) {
        return Future.failedFuture(one.cause());
      }
    }
    return Future.succeededFuture();
  }
}
