package dev.voiceledger.platform;

import io.micrometer.core.instrument.MeterRegistry;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/**
 * Who may have a connection of the pool: as many transactions as it has connections, the others
 * wait here and not in the driver. The driver loses a connection for good when somebody's wait ends
 * in the moment in which it lends (its pool then takes the wait for cancelled and lends all the
 * same), which a process that is short of processor time does by the dozen; and its own counts no
 * longer come out even. Reads come last: they would otherwise keep waiting whoever has something to
 * say.
 */
@ApplicationScoped
public class PoolUse {
  private static final long WAIT_MS_MAX = 2_000;
  private static final String READER = "voiceledger.reader";

  private final Turns turns =
      new Turns(
          DatabasePool.SIZE,
          DatabasePool.WAITING_MAX,
          WAIT_MS_MAX,
          () -> new TimeoutException("too many wait for a connection"),
          () -> new TimeoutException("no connection was free in time"));

  PoolUse(MeterRegistry registry) {
    registry.gauge("voiceledger.pool.in.use", turns, Turns::underWay);
    registry.gauge("voiceledger.pool.waiting", turns, Turns::waiting);
  }

  /** Says who reads on a context: nobody has more than half of the connections. */
  public static void reads(Context request, String reader) {
    request.putLocal(READER, reader);
  }

  /** Transactions that have a connection, or are about to get one. */
  public int inUse() {
    return turns.underWay();
  }

  public int waiting() {
    return turns.waiting();
  }

  /**
   * Runs a transaction when a connection is free for it.
   *
   * @return fails with a {@link TimeoutException} where none is in time, or too many wait
   */
  <T> Uni<T> of(Supplier<Uni<T>> transaction) {
    Context request = Vertx.currentContext();
    return turns.of(request, Admission.isRead(request), request.getLocal(READER), transaction);
  }
}
