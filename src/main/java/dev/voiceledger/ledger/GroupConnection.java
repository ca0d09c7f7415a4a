package dev.voiceledger.ledger;

import dev.voiceledger.ledger.Kind.Write;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.PgConnection;
import io.vertx.sqlclient.PreparedStatement;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * One connection with the statements of a kind prepared on it, sent in one go: begin, statements,
 * commit. To be used from the context that opened it.
 */
final class GroupConnection {
  private static final String BEGIN = "begin; set local role service_role";
  private final PgConnection connection;
  private final Map<String, PreparedStatement> prepared = new HashMap<>();

  private GroupConnection(PgConnection connection) {
    this.connection = connection;
  }

  static Future<GroupConnection> open(
      Vertx vertx, PgConnectOptions options, List<String> statements) {
    return PgConnection.connect(vertx, options)
        .compose(opened -> new GroupConnection(opened).prepare(statements));
  }

  private Future<GroupConnection> prepare(List<String> statements) {
    List<Future<PreparedStatement>> all = new ArrayList<>();
    for (String sql : statements) {
      all.add(connection.prepare(sql).onSuccess(statement -> prepared.put(sql, statement)));
    }
    return Future.join(all).<GroupConnection>map(this).onFailure(failure -> connection.close());
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
    List<Future<RowSet<Row>>> sent = new ArrayList<>();
    Future<RowSet<Row>> begun = connection.query(BEGIN).execute();
    for (Write write : kind.writes(entries)) {
      sent.add(execute(write.sql(), write.arrays()));
    }
    List<Future<RowSet<Row>>> all = new ArrayList<>(sent);
    all.addFirst(begun);
    // A statement that the client itself refused never reached the server, where the transaction
    // would then commit without it.
    boolean whole = all.stream().noneMatch(Future::failed);
    all.add(connection.query(whole ? "commit" : "rollback").execute());
    return Future.join(all)
        .transform(done -> firstFailure(all))
        .map(done -> kind.results(entries, sent.stream().map(Future::result).toList()));
  }

  private Future<RowSet<Row>> execute(String sql, Tuple arrays) {
    return prepared.get(sql).query().execute(arrays);
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
