package dev.voiceledger.ledger;

import dev.voiceledger.call.CallFacts;
import dev.voiceledger.call.CallStore;
import dev.voiceledger.call.ParticipantStore;
import dev.voiceledger.call.RecordingStore;
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
 * One connection with the statements of a group prepared on it, sent in one go: begin, statements,
 * commit. Locks are taken in one order by everybody: users, new calls, known calls, what hangs on
 * them, the inbox; each set sorted by key. To be used from the context that opened it.
 */
final class GroupConnection {
  private static final String BEGIN = "begin; set local role service_role";
  private static final List<String> STATEMENTS =
      List.of(
          CallStore.USERS_ARE_KNOWN,
          CallStore.NEW_CALLS,
          CallStore.CALLS_ARE_LOCKED,
          CallStore.FACTS_OF_CALLS,
          CallStore.OPENINGS,
          CallStore.INFERRED_ENDS,
          ParticipantStore.PARTICIPANTS,
          RecordingStore.RECORDINGS,
          InboxStore.INBOX);

  private final PgConnection connection;
  private final Map<String, PreparedStatement> prepared = new HashMap<>();

  private GroupConnection(PgConnection connection) {
    this.connection = connection;
  }

  static Future<GroupConnection> open(Vertx vertx, PgConnectOptions options) {
    return PgConnection.connect(vertx, options)
        .compose(opened -> new GroupConnection(opened).prepare());
  }

  private Future<GroupConnection> prepare() {
    List<Future<PreparedStatement>> all = new ArrayList<>();
    for (String sql : STATEMENTS) {
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
   * @return by key of the inbox row, the state of each that is new or has changed; fails with what
   *     failed first, and then nothing of the group is in the database
   */
  Future<Map<String, Entry.State>> commit(Group group) {
    List<Future<RowSet<Row>>> sent = new ArrayList<>();
    sent.add(connection.query(BEGIN).execute());
    send(sent, group);
    Future<RowSet<Row>> last = sent.getLast();
    // A statement that the client itself refused never reached the server, where the transaction
    // would then commit without it.
    boolean whole = sent.stream().noneMatch(Future::failed);
    sent.add(connection.query(whole ? "commit" : "rollback").execute());
    return Future.join(sent)
        .transform(done -> firstFailure(sent))
        .map(done -> group.inbox().isEmpty() ? Map.of() : states(last.result()));
  }

  private void send(List<Future<RowSet<Row>>> sent, Group group) {
    if (!group.userIds().isEmpty()) {
      sent.add(execute(CallStore.USERS_ARE_KNOWN, CallStore.users(group.userIds())));
    }
    if (!group.calls().isEmpty()) {
      Tuple facts = CallStore.facts(group.calls());
      sent.add(execute(CallStore.NEW_CALLS, facts));
      sent.add(execute(CallStore.CALLS_ARE_LOCKED, CallStore.ids(group.calls())));
      sent.add(execute(CallStore.FACTS_OF_CALLS, facts));
      sendWhatTheApiSays(sent, group);
    }
    if (!group.participants().isEmpty()) {
      Tuple facts = ParticipantStore.facts(group.participants());
      sent.add(execute(ParticipantStore.PARTICIPANTS, facts));
    }
    if (!group.recordings().isEmpty()) {
      Tuple facts = RecordingStore.facts(group.recordings());
      sent.add(execute(RecordingStore.RECORDINGS, facts));
    }
    if (!group.inbox().isEmpty()) {
      sent.add(execute(InboxStore.INBOX, InboxStore.rows(group.inbox())));
    }
  }

  private void sendWhatTheApiSays(List<Future<RowSet<Row>>> sent, Group group) {
    List<CallFacts> openings = group.openings();
    if (!openings.isEmpty()) {
      sent.add(execute(CallStore.OPENINGS, CallStore.openings(openings)));
    }
    List<CallFacts> ends = group.inferredEnds();
    if (!ends.isEmpty()) {
      sent.add(execute(CallStore.INFERRED_ENDS, CallStore.inferredEnds(ends)));
    }
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

  private static Map<String, Entry.State> states(RowSet<Row> rows) {
    Map<String, Entry.State> states = HashMap.newHashMap(rows.size());
    rows.forEach(row -> states.put(row.getString(0), Entry.State.valueOf(row.getString(1))));
    return states;
  }
}
