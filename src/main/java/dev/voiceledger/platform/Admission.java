package dev.voiceledger.platform;

import dev.voiceledger.platform.Problem.Type;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * How many requests are under way at once, by how much it hurts to turn one away: reads are turned
 * away first, LiveKit's webhooks last. Before tokens and bodies are looked at, so that a refusal
 * costs next to nothing and whoever is let in has the time that it needs.
 */
@ApplicationScoped
class Admission {
  private static final int ROUTE_ORDER = Gate.ROUTE_ORDER - 50;
  private static final String READS = "voiceledger.reads";
  private static final int RETRY_AFTER_SECONDS = 1;
  private static final String API = "/api/";

  /** Answers that stay open for hours; whoever gives them has a bound of their own. */
  private static final String STREAM = "/live";

  /** What an operator looks at just when reads are turned away. */
  private static final String OPERATIONS = API + "v1/operations";

  /**
   * Kinds of requests with their bounds. All but the last share the pool of connections, whose
   * queue holds them all; a webhook takes none of it, and the ledger's queues are as long.
   */
  private enum Kind {
    READ(Integer.MAX_VALUE), // as the service is told
    OPERATE(4),
    WRITE(160),
    POST(220),
    WEBHOOK(8_192);

    private final int max;

    Kind(int max) {
      this.max = max;
    }

    /** Null of what is not counted: pages, probes, metrics, streams. */
    private static Kind of(HttpServerRequest request) {
      String path = request.path();
      if (path.startsWith("/webhooks/")) {
        return WEBHOOK;
      }
      if (!path.startsWith(API)) {
        return null;
      }
      if (request.method() == HttpMethod.GET || request.method() == HttpMethod.HEAD) {
        return ofReading(path);
      }
      boolean told = path.endsWith("/voice/messages") || path.endsWith("/session-reports");
      return told ? POST : WRITE;
    }

    private static Kind ofReading(String path) {
      if (path.equals(OPERATIONS)) {
        return OPERATE;
      }
      return path.endsWith(STREAM) ? null : READ;
    }

    /** Such a request has no body. */
    private boolean reads() {
      return this == READ || this == OPERATE;
    }
  }

  private final HttpAnswers answers;
  private final CleanStop stop;
  private final int readsMax;
  private final Map<Kind, AtomicInteger> underWay = new EnumMap<>(Kind.class);
  private final Map<Kind, Counter> shed = new EnumMap<>(Kind.class);

  Admission(
      HttpAnswers answers,
      CleanStop stop,
      MeterRegistry registry,
      @ConfigProperty(name = "voiceledger.requests.reads-max", defaultValue = "128") int readsMax) {
    this.answers = answers;
    this.stop = stop;
    this.readsMax = readsMax;
    for (Kind kind : Kind.values()) {
      String name = kind.name().toLowerCase(Locale.ROOT);
      underWay.put(
          kind, registry.gauge("voiceledger.requests.under.way", tag(name), new AtomicInteger()));
      shed.put(kind, registry.counter("voiceledger.requests.shed", tag(name)));
    }
  }

  private static Tags tag(String kind) {
    return Tags.of("kind", kind);
  }

  void route(@Observes Router router) {
    router.route().order(ROUTE_ORDER).handler(this::pass);
  }

  private int max(Kind kind) {
    return kind == Kind.READ ? readsMax : kind.max;
  }

  private void pass(RoutingContext route) {
    Kind kind = Kind.of(route.request());
    if (kind == null) {
      route.next();
    } else if (stop.hasBegun()) {
      refuse(route, kind, "the service is stopping");
    } else if (underWay.get(kind).incrementAndGet() > max(kind)) {
      underWay.get(kind).decrementAndGet();
      refuse(route, kind, "too many requests of this kind are under way");
    } else {
      route.addEndHandler(over -> underWay.get(kind).decrementAndGet());
      Vertx.currentContext().putLocal(READS, kind == Kind.READ);
      route.next();
    }
  }

  /** Whether what runs on a context is done for one who reads. */
  static boolean isRead(Context request) {
    return Boolean.TRUE.equals(request.<Boolean>getLocal(READS));
  }

  /**
   * LiveKit would obey a Retry-After without bound, and lose what it holds back. Whoever is refused
   * because there is too much to do keeps the connection; of a service that stops nobody does.
   */
  private void refuse(RoutingContext route, Kind kind, String why) {
    shed.get(kind).increment();
    ProblemException refused = Type.OVERLOADED.because(why);
    if (kind != Kind.WEBHOOK) {
      refused = refused.retryAfter(RETRY_AFTER_SECONDS);
    }
    if (stop.hasBegun()) {
      answers.refusal(route, refused);
    } else if (kind.reads()) {
      answers.refusalOfRead(route, refused);
    } else {
      answers.refusalBefore(route, refused);
    }
  }
}
