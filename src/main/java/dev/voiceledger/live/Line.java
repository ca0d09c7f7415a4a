package dev.voiceledger.live;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/** Keeps the connection: another one is opened for each that is lost, ever later up to a bound. */
final class Line {
  private static final long OPEN_MS_MAX = 5_000;
  private static final long AGAIN_MS_MIN = 100;
  private static final long AGAIN_MS_MAX = 2_000;
  private static final Logger LOG = Logger.getLogger(Line.class);

  private final Vertx vertx;
  private final LiveConnection.Way way;
  private final Runnable told;
  private final Runnable opened;
  private LiveConnection connection;
  private boolean closed;
  private long againMs = AGAIN_MS_MIN;

  /**
   * @param told is run whenever there may be new numbers
   * @param opened is run for each connection, which may have missed some
   */
  Line(Vertx vertx, LiveConnection.Way way, Runnable told, Runnable opened) {
    this.vertx = vertx;
    this.way = way;
    this.told = told;
    this.opened = opened;
  }

  /** Null while there is none. */
  LiveConnection connection() {
    return connection;
  }

  /** On the context to which the connections then belong. */
  void open() {
    if (closed) {
      return;
    }
    Future<LiveConnection> opening = LiveConnection.open(vertx, way, told);
    opening
        .timeout(OPEN_MS_MAX, TimeUnit.MILLISECONDS)
        .onSuccess(this::use)
        .onFailure(why -> {
          opening.onSuccess(LiveConnection::close); // it came too late, and has a successor
          again(why.getClass().getName());
        });
  }

  private void use(LiveConnection open) {
    againMs = AGAIN_MS_MIN;
    connection = open;
    open.onClose(() -> lost(open, "closed"));
    opened.run();
  }

  void lost(LiveConnection which, String why) {
    if (connection == which) {
      connection = null;
      which.close();
      again(why);
    }
  }

  private void again(String why) {
    if (!closed) {
      LOG.warnf("no connection for live changes: %s", why);
      long jitterMs = ThreadLocalRandom.current().nextLong(againMs);
      vertx.setTimer(againMs + jitterMs, late -> open());
      againMs = Math.min(againMs * 2, AGAIN_MS_MAX);
    }
  }

  void close() {
    closed = true;
    if (connection != null) {
      connection.close();
    }
  }
}
