package dev.voiceledger.access;

import dev.voiceledger.platform.PoolUse;
import dev.voiceledger.platform.Problem.Type;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.RoutingContext;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * How many answers one reader has under way at once: places for reads are few, and whoever asks for
 * all of them, or takes no answer, would leave none to the others. Operators are not counted.
 */
final class Readings {
  static final int AT_ONCE_MAX = 16;
  private static final int RETRY_AFTER_SECONDS = 1;

  private final Map<String, Integer> underWay = new ConcurrentHashMap<>();

  /**
   * Counts a request, if it reads, until its end. Who is gone by the time that the token was judged
   * is not counted, for nobody would hear of that end; the pool has a bound for each reader too.
   *
   * @throws dev.voiceledger.platform.ProblemException too-many-requests past the bound
   */
  void begin(Caller caller, RoutingContext route) {
    HttpMethod method = route.request().method();
    if (caller.operates() || method != HttpMethod.GET && method != HttpMethod.HEAD) {
      return;
    }
    PoolUse.reads(Vertx.currentContext(), Limits.name(caller));
    if (route.response().closed() || route.response().ended()) {
      return;
    }
    String name = Limits.name(caller);
    int now = underWay.merge(name, 1, Integer::sum);
    if (now > AT_ONCE_MAX) {
      end(name);
      throw Type.TOO_MANY_REQUESTS
          .because("at most " + AT_ONCE_MAX + " reads at once")
          .retryAfter(RETRY_AFTER_SECONDS);
    }
    route.addEndHandler(over -> end(name));
  }

  private void end(String name) {
    underWay.computeIfPresent(name, (reader, now) -> now == 1 ? null : now - 1);
  }

  /** Readers who have answers under way. */
  int size() {
    return underWay.size();
  }
}
