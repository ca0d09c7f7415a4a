package dev.voiceledger.live;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.PgConnection;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import org.jboss.logging.Logger;

/**
 * The one connection of a replica for changes: it listens, gives numbers, and reads what changed.
 * To be used from the context that opened it, for one thing at a time.
 */
final class LiveConnection {
  private static final Logger LOG = Logger.getLogger(LiveConnection.class);

  private final PgConnection connection;

  private LiveConnection(PgConnection connection) {
    this.connection = connection;
  }

  /**
   * @param told is run whenever there may be new numbers. Anybody who has a connection to the
   *     database may say so, so what is said there is not read.
   */
  static Future<LiveConnection> open(Vertx vertx, PgConnectOptions options, Runnable told) {
    return PgConnection.connect(vertx, options)
        .compose(opened -> {
          opened.exceptionHandler(why -> LOG.debugf("lost: %s", why.getClass().getName()));
          opened.notificationHandler(notice -> told.run());
          return opened
              .query(LiveStore.BECOME_SERVICE)
              .execute()
              .compose(done -> opened.query(LiveStore.LISTEN).execute())
              .map(done -> new LiveConnection(opened))
              .onFailure(failure -> opened.close());
        });
  }

  void onClose(Runnable handler) {
    connection.closeHandler(closed -> handler.run());
  }

  Future<Void> close() {
    return connection.close();
  }

  /** The last number given, and whether more changes are due. */
  record Numbered(long last, boolean more) {}

  Future<Numbered> number(int itemsMax) {
    return ask(LiveStore.NUMBER, Tuple.of(itemsMax))
        .map(rows -> rows.iterator().next())
        .map(row -> new Numbered(row.getLong("last"), row.getBoolean("more")));
  }

  Future<RowSet<Row>> forget(int rowsMax) {
    return ask(LiveStore.FORGET, Tuple.of(rowsMax));
  }

  /** Whether there is more to do. */
  Future<Boolean> scrub(int rowsMax) {
    return ask(LiveStore.SCRUB, Tuple.of(rowsMax))
        .map(rows -> rows.iterator().next().getBoolean("more"));
  }

  /**
   * What changed after a cohort's number, who may see it and how it looks, all as of one moment:
   * whoever may not see a call any more sees nothing that was written later.
   */
  Future<News> news(Cohort cohort, int itemsMax, ObjectMapper json) {
    return connection
        .query(LiveStore.BEGIN)
        .execute()
        .compose(begun -> ask(LiveStore.LOG, Tuple.of(cohort.cursor(), itemsMax)))
        .map(log -> Changes.of(log, cohort.cursor(), itemsMax))
        .compose(changes -> new Reading(this, cohort, changes, json).news())
        .compose(news -> connection.query(LiveStore.COMMIT).execute().map(news));
  }

  Future<RowSet<Row>> ask(String sql, Tuple values) {
    return connection.preparedQuery(sql).execute(values);
  }
}
