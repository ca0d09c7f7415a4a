package dev.voiceledger.platform;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.impl.VertxInternal;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetClientOptions;
import io.vertx.core.net.NetSocket;
import io.vertx.core.net.impl.NetSocketInternal;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.PgConnection;
import io.vertx.pgclient.impl.PgConnectionFactory;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.function.LongSupplier;

/**
 * The driver's connections, each with a {@link SilenceWatch} before a word is said: a login that
 * nobody answers would else keep its place in the pool for ever.
 */
public final class WatchedConnections extends PgConnectionFactory {
  private static final String CONNECT = "connect";
  private static final String WATCH = "silence";

  /** Vert.x' own name; the driver's codec comes before it too, and after the watch. */
  private static final String HANDLER = "handler";

  private final LongSupplier silentMsMax;

  WatchedConnections(Vertx vertx, PgConnectOptions options, LongSupplier silentMsMax) {
    super((VertxInternal) vertx, () -> Future.succeededFuture(options));
    this.silentMsMax = silentMsMax;
  }

  /** Opens one. */
  public static Future<PgConnection> open(Vertx vertx, PgConnectOptions options) {
    return new WatchedConnections(vertx, options, () -> SilenceWatch.SILENT_MS_MAX)
        .connect(vertx.getOrCreateContext())
        .map(PgConnection.class::cast);
  }

  @Override
  protected NetClient netClient(NetClientOptions options) {
    NetClient client = super.netClient(options);
    return (NetClient)
        Proxy.newProxyInstance(
            NetClient.class.getClassLoader(),
            new Class<?>[] {NetClient.class},
            (proxy, method, values) -> watched(method, call(client, method, values)));
  }

  private static Object call(NetClient client, Method method, Object[] values) throws Throwable {
    try {
      return method.invoke(client, values);
    } catch (InvocationTargetException refused) {
      throw refused.getCause();
    }
  }

  private Object watched(Method method, Object answer) {
    boolean connecting = method.getName().equals(CONNECT) && answer instanceof Future<?>;
    return connecting ? ((Future<?>) answer).map(socket -> watch((NetSocket) socket)) : answer;
  }

  private NetSocket watch(NetSocket socket) {
    ((NetSocketInternal) socket)
        .channelHandlerContext()
        .pipeline()
        .addBefore(HANDLER, WATCH, new SilenceWatch(silentMsMax));
    return socket;
  }
}
