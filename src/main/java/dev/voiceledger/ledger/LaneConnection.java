package dev.voiceledger.ledger;

import io.vertx.core.Future;
import io.vertx.core.impl.ContextInternal;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/** The one connection of a lane, opened when it is needed. To be used from one event loop. */
final class LaneConnection {
  /** Less than a commit has, so that whoever gives up an opening knows of it and closes it. */
  private static final long OPEN_TIMEOUT_MS = 2_500;

  private static final Logger LOG = Logger.getLogger(LaneConnection.class);

  private final ContextInternal context;
  private final GroupConnection.Address address;
  private final List<String> statements;
  private GroupConnection connection;

  LaneConnection(
      ContextInternal context, GroupConnection.Address address, List<String> statements) {
    this.context = context;
    this.address = address;
    this.statements = statements;
  }

  Future<GroupConnection> opened() {
    if (connection != null) {
      // Of this context, so that what follows, timeouts too, stays on the lane's event loop.
      return context.succeededFuture(connection);
    }
    Future<GroupConnection> opening = GroupConnection.open(context.owner(), address, statements);
    return opening
        .timeout(OPEN_TIMEOUT_MS, TimeUnit.MILLISECONDS)
        .onSuccess(this::use)
        .onFailure(why -> {
          LOG.errorf("no connection to the database: %s", Failure.reason(why));
          opening.onSuccess(GroupConnection::close); // it came too late, and has a successor
        })
        .recover(why -> Future.failedFuture(isInTheWay(why) ? why : LedgerUnavailable.away()));
  }

  /** Statements are prepared at once, for which their tables must be free. */
  private static boolean isInTheWay(Throwable failure) {
    return Failure.of(failure) == Failure.CONFLICT;
  }

  private void use(GroupConnection opened) {
    connection = opened;
    opened.onClose(() -> {
      if (connection == opened) {
        connection = null;
      }
    });
  }

  void giveUp() {
    if (connection != null) {
      connection.close();
      connection = null;
    }
  }

  Future<Void> close() {
    return connection == null ? Future.succeededFuture() : connection.close();
  }
}
