package dev.voiceledger.platform;

import io.quarkus.reactive.pg.client.PgPoolCreator;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.PoolOptions;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Singleton;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * The pool behind reads and single writes, with the bounds that Quarkus has no setting for: without
 * them callers queue for ever. Lends its address to those who keep a connection of their own.
 *
 * <p>Where a pooler such as PgBouncer stands in front, one transaction may meet another server
 * connection than the last: so nothing is left on one, no settings and no prepared statements.
 */
@Singleton
public class DatabasePool implements PgPoolCreator {
  /** Connections at most. */
  public static final int SIZE = 8;

  /**
   * Who may wait for one; past it the answer is 503. All that {@link Admission} lets in at once, so
   * that it is the one that refuses.
   */
  public static final int WAITING_MAX = 512;

  /** Of the driver's own waiting, which {@link PoolUse} has in its stead. */
  private static final int NO_TIMEOUT = 0;

  private static final int CONNECT_TIMEOUT_MS = 2_000;
  private static final int IDLE_MINUTES_MAX = 10;
  private static final long PATIENT_MS_MAX = 65_000;

  private final Instance<Pool> pool;
  private final boolean behindPooler;
  private PgConnectOptions address;
  private final AtomicInteger patient = new AtomicInteger();
  private volatile long lentAt = System.nanoTime();

  DatabasePool(
      Instance<Pool> pool,
      @ConfigProperty(name = "voiceledger.database.behind-pooler", defaultValue = "false")
          boolean behindPooler) {
    this.pool = pool;
    this.behindPooler = behindPooler;
  }

  @Override
  public Pool create(Input input) {
    address = new PgConnectOptions(input.pgConnectOptionsList().getFirst());
    address.setConnectTimeout(CONNECT_TIMEOUT_MS);
    if (behindPooler) {
      address.setCachePreparedStatements(false);
      // The driver's own wish: poolers refuse it, and PostgreSQL has long meant as much by default.
      address.getProperties().remove("extra_float_digits");
    }
    PgConnectOptions requests =
        settled(SessionSettings.OF_REQUESTS).addProperty("application_name", "voiceledger");
    PoolOptions bounds =
        new PoolOptions(input.poolOptions())
            .setMaxSize(SIZE)
            .setConnectionTimeout(NO_TIMEOUT)
            .setIdleTimeout(IDLE_MINUTES_MAX)
            .setIdleTimeoutUnit(TimeUnit.MINUTES);
    Pool watched =
        PgBuilder.pool().with(bounds).connectingTo(requests).using(input.vertx()).build();
    WatchedConnections connections =
        new WatchedConnections(
            input.vertx(),
            requests,
            () -> patient.get() == 0 ? SilenceWatch.SILENT_MS_MAX : PATIENT_MS_MAX);
    connect(watched, connections);
    return watched;
  }

  /** What is to be used instead knows addresses, and not how they are connected to. */
  @SuppressWarnings("deprecation")
  private static void connect(Pool pool, WatchedConnections connections) {
    pool.connectionProvider(connections::connect);
  }

  /** A statement that may take a minute begins; the silence of all is then borne as long. */
  void beginPatience() {
    patient.incrementAndGet();
  }

  void endPatience() {
    patient.decrementAndGet();
  }

  private PgConnectOptions settled(SessionSettings settings) {
    return behindPooler ? new PgConnectOptions(address) : settings.with(address);
  }

  /** Where the database is, for a connection outside the pool; each call gives its own copy. */
  public PgConnectOptions connectOptions() {
    pool.get().size(); // Quarkus makes the pool, and calls create, on first use.
    return new PgConnectOptions(address);
  }

  /** The same, for sessions with these settings where a session can have any. */
  public PgConnectOptions connectOptions(SessionSettings settings) {
    pool.get().size();
    return settled(settings);
  }

  /** Whether settings and prepared statements end with their transaction at the latest. */
  public boolean isBehindPooler() {
    return behindPooler;
  }

  /** Somebody has a connection of the pool's, and it answers. */
  void lent() {
    lentAt = System.nanoTime();
  }

  boolean hasLentWithin(long ms) {
    return System.nanoTime() - lentAt < TimeUnit.MILLISECONDS.toNanos(ms);
  }
}
