package dev.voiceledger.live;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.voiceledger.platform.DirectDatabase;
import dev.voiceledger.platform.SessionSettings;
import dev.voiceledger.platform.WatchedConnections;
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
 * Where no session lasts, for a pooler stands in front, it hears nothing and brings role and
 * settings along with each transaction; what others wrote is found when numbers are asked for the
 * next time. To be used from the context that opened it, for one thing at a time.
 */
final class LiveConnection {
  private static final Logger LOG = Logger.getLogger(LiveConnection.class);

  private final PgConnection connection;
  private final boolean lasting;

  private LiveConnection(PgConnection connection, boolean lasting) {
    this.connection = connection;
    this.lasting = lasting;
  }

  /**
   * Where the connection goes.
   *
   * @param lasting whether a session there keeps what it is told
   */
  record Way(PgConnectOptions options, boolean lasting) {
    static Way of(DirectDatabase database) {
      return new Way(
          database
              .connectOptions(SessionSettings.OF_CHANGES)
              .setTcpKeepAlive(true)
              .setCachePreparedStatements(database.holdsSessions())
              .addProperty("application_name", "voiceledger-live"),
          database.holdsSessions());
    }
  }

  /**
   * @param told is run whenever there may be new numbers. Anybody who has a connection to the
   *     database may say so, so what is said there is not read.
   */
  static Future<LiveConnection> open(Vertx vertx, Way way, Runnable told) {
    return WatchedConnections.open(vertx, way.options())
        .compose(opened -> {
          opened.exceptionHandler(why -> LOG.debugf("lost: %s", why.getClass().getName()));
          opened.notificationHandler(notice -> told.run());
          LiveConnection made = new LiveConnection(opened, way.lasting());
          return (way.lasting() ? made.settle() : Future.succeededFuture())
              .map(done -> made)
              .onFailure(failure -> opened.close());
        });
  }

  private Future<?> settle() {
    return connection
        .query(LiveStore.BECOME_SERVICE)
        .execute()
        .compose(done -> connection.query(LiveStore.LISTEN).execute());
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
    return alone(LiveStore.NUMBER, itemsMax)
        .map(rows -> rows.iterator().next())
        .map(row -> new Numbered(row.getLong("last"), row.getBoolean("more")));
  }

  Future<RowSet<Row>> forget(int rowsMax) {
    return alone(LiveStore.FORGET, rowsMax);
  }

  /** Whether there is more to do. */
  Future<Boolean> scrub(int rowsMax) {
    return alone(LiveStore.SCRUB, rowsMax).map(rows -> rows.iterator().next().getBoolean("more"));
  }

  /**
   * What changed after a cohort's number, who may see it and how it looks, all as of one moment:
   * whoever may not see a call any more sees nothing that was written later.
   */
  Future<News> news(Cohort cohort, int itemsMax, ObjectMapper json) {
    return connection
        .query(lasting ? LiveStore.BEGIN : LiveStore.BEGIN_AND_SETTLE)
        .execute()
        .compose(begun -> ask(LiveStore.LOG, Tuple.of(cohort.cursor(), itemsMax)))
        .map(log -> Changes.of(log, cohort.cursor(), itemsMax))
        .compose(changes -> new Reading(this, cohort, changes, json).news())
        .compose(news -> connection.query(LiveStore.COMMIT).execute().map(news));
  }

  /** A statement that is a transaction of its own. After a failure the connection is given up. */
  private Future<RowSet<Row>> alone(String sql, int value) {
    if (lasting) {
      return ask(sql, Tuple.of(value));
    }
    return connection
        .query(LiveStore.BEGIN_TO_WRITE)
        .execute()
        .compose(begun -> ask(sql, Tuple.of(value)))
        .compose(rows -> connection.query(LiveStore.COMMIT).execute().map(rows));
  }

  /** Within a transaction, where no session lasts. */
  Future<RowSet<Row>> ask(String sql, Tuple values) {
    return connection.preparedQuery(sql).execute(values);
  }
}
