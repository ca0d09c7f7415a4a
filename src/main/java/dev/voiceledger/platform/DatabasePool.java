package dev.voiceledger.platform;

import io.quarkus.reactive.pg.client.PgPoolCreator;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.PoolOptions;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Singleton;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * The pool behind reads and single writes, with the bounds that Quarkus has no setting for: without
 * them callers queue for ever. Lends its address to those who keep a connection of their own.
 */
@Singleton
public class DatabasePool implements PgPoolCreator {
  /** Connections at most. */
  public static final int SIZE = 8;

  /** Who may wait for one; past it the answer is 503. */
  public static final int WAITING_MAX = 256;

  private static final int WAIT_SECONDS_MAX = 2;
  private static final int CONNECT_TIMEOUT_MS = 2_000;
  private static final int IDLE_MINUTES_MAX = 10;

  private final Instance<Pool> pool;
  private final Optional<String> directUrl;
  private final Optional<String> directUser;
  private final Optional<String> directPassword;
  private PgConnectOptions address;

  DatabasePool(
      Instance<Pool> pool,
      @ConfigProperty(name = "voiceledger.direct.url") Optional<String> directUrl,
      @ConfigProperty(name = "voiceledger.direct.username") Optional<String> directUser,
      @ConfigProperty(name = "voiceledger.direct.password") Optional<String> directPassword) {
    this.pool = pool;
    this.directUrl = directUrl;
    this.directUser = directUser;
    this.directPassword = directPassword;
  }

  @Override
  public Pool create(Input input) {
    address = new PgConnectOptions(input.pgConnectOptionsList().getFirst());
    address.setConnectTimeout(CONNECT_TIMEOUT_MS);
    PgConnectOptions requests =
        new PgConnectOptions(address)
            .addProperty("application_name", "voiceledger")
            .addProperty("jit", "off")
            .addProperty("statement_timeout", "5000")
            .addProperty("lock_timeout", "2000")
            .addProperty("idle_in_transaction_session_timeout", "10000");
    PoolOptions bounds =
        new PoolOptions(input.poolOptions())
            .setMaxSize(SIZE)
            .setMaxWaitQueueSize(WAITING_MAX)
            .setConnectionTimeout(WAIT_SECONDS_MAX)
            .setConnectionTimeoutUnit(TimeUnit.SECONDS)
            .setIdleTimeout(IDLE_MINUTES_MAX)
            .setIdleTimeoutUnit(TimeUnit.MINUTES);
    return PgBuilder.pool().with(bounds).connectingTo(requests).using(input.vertx()).build();
  }

  /** Where the database is, for a connection outside the pool; each call gives its own copy. */
  public PgConnectOptions connectOptions() {
    pool.get().size(); // Quarkus makes the pool, and calls create, on first use.
    return new PgConnectOptions(address);
  }

  /** The same past any pooler, for what needs a session of its own, such as LISTEN. */
  public PgConnectOptions directOptions() {
    PgConnectOptions options = connectOptions();
    if (directUrl.isPresent()) {
      PgConnectOptions direct = PgConnectOptions.fromUri(directUrl.get());
      options
          .setHost(direct.getHost())
          .setPort(direct.getPort())
          .setDatabase(direct.getDatabase())
          .setSslMode(direct.getSslMode());
      directUser.ifPresent(options::setUser);
      directPassword.ifPresent(options::setPassword);
    }
    return options;
  }
}
