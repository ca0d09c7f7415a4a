package dev.voiceledger.live;

import dev.voiceledger.access.CallAccess;
import dev.voiceledger.access.Caller;
import dev.voiceledger.access.Callers;
import dev.voiceledger.platform.Gate;
import dev.voiceledger.platform.HttpAnswers;
import dev.voiceledger.platform.Problem.Type;
import dev.voiceledger.platform.ProblemException;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;

/**
 * {@code GET /api/v1/live} and {@code GET /api/v1/calls/{id}/live}, as Server-Sent Events. Plain
 * routes, not resources: a stream has no end to wait for, and its bytes are shared.
 */
@ApplicationScoped
class LiveResource {
  static final String ALL = "/api/v1/live";
  static final String ONE = "/api/v1/calls/:id/live";
  private static final String EVENTS = "text/event-stream";
  private static final Pattern ACCEPTS_EVENTS =
      Pattern.compile("(?i)(^|,)\\s*(\\*/\\*|text/\\*|text/event-stream)\\s*(;|,|$)");

  private static final int LOOK_UPS_MAX = 4;
  private static final int LOOK_UPS_WAITING_MAX = 4_096;
  private static final long LOOK_UP_MS_MAX = 5_000;
  private static final long BEGIN_MS_MAX = 5_000;

  /** Of the pool's connections, half may be theirs who begin to look. */
  private final Turns lookUps = new Turns(LOOK_UPS_MAX, LOOK_UPS_WAITING_MAX);

  private final Callers callers;
  private final CallAccess access;
  private final HttpAnswers answers;
  private final LiveReaders readers;
  private final LiveHub hub;

  LiveResource(
      Callers callers, CallAccess access, HttpAnswers answers, LiveReaders readers, LiveHub hub) {
    this.callers = callers;
    this.access = access;
    this.answers = answers;
    this.readers = readers;
    this.hub = hub;
  }

  void route(@Observes Router router) {
    route(router, ALL);
    route(router, ONE);
  }

  private void route(Router router, String path) {
    router.get(path).order(Gate.ROUTE_ORDER + 1).handler(this::read);
    router.route(path).order(Gate.ROUTE_ORDER + 2).handler(this::other);
  }

  private void other(RoutingContext route) {
    if (route.request().method() == HttpMethod.HEAD) {
      read(route);
    } else {
      route.response().putHeader("Allow", "GET, HEAD, OPTIONS");
      answers.problemAndClose(route, Type.METHOD_NOT_ALLOWED.with("one of GET, HEAD, OPTIONS"));
    }
  }

  private void read(RoutingContext route) {
    Context context = route.vertx().getOrCreateContext();
    asked(route, context)
        .map(asked -> {
          open(route, context, asked);
          return null;
        })
        .onFailure(why -> answers.failure(route, why));
  }

  private Future<Asked> asked(RoutingContext route, Context context) {
    return Future.fromCompletionStage(
            callers.of(route.request()).subscribeAsCompletionStage(), context)
        .compose(caller -> {
          hub.requireReady();
          return route.pathParam("id") == null
              ? called(route, context, caller)
              : inTurn(route, context, caller);
        });
  }

  /** Those who went meanwhile, or waited for long, are not looked up any more. */
  private Future<Asked> inTurn(RoutingContext route, Context context, Caller caller) {
    HttpServerResponse response = route.response();
    return lookUps
        .take(() -> called(route, context, caller), () -> !response.closed() && !response.ended())
        .timeout(LOOK_UP_MS_MAX, TimeUnit.MILLISECONDS)
        .recover(why -> Future.failedFuture(why instanceof TimeoutException ? late() : why));
  }

  private static ProblemException late() {
    return Type.OVERLOADED.because("too many begin to read at once").retryAfter(1);
  }

  /** Back on the request's own context, to which its session is bound. */
  private Future<Asked> called(RoutingContext route, Context context, Caller caller) {
    Promise<UUID> call = Promise.promise();
    context.runOnContext(ignored ->
        Future.fromCompletionStage(
                Uni.createFrom().deferred(() -> call(route, caller)).subscribeAsCompletionStage(),
                context)
            .onComplete(call));
    return call.future().map(callId -> new Asked(caller, callId));
  }

  /**
   * @param callId the one call; null for all
   */
  private record Asked(Caller caller, UUID callId) {}

  /** The call that is named, as the caller may see it; null where none is. */
  private Uni<UUID> call(RoutingContext route, Caller caller) {
    if (!acceptsEvents(route)) {
      throw Type.NOT_ACCEPTABLE.because("it is " + EVENTS);
    }
    String id = route.pathParam("id");
    if (id != null) {
      return access.in(caller, id, call -> Uni.createFrom().item(call));
    }
    if (caller.join() != null) {
      throw Type.FORBIDDEN.because("for users, admins and services");
    }
    return Uni.createFrom().nullItem();
  }

  private static boolean acceptsEvents(RoutingContext route) {
    String accept = route.request().getHeader("Accept");
    return accept == null || ACCEPTS_EVENTS.matcher(accept).find();
  }

  private void open(RoutingContext route, Context context, Asked asked) {
    HttpServerResponse response = route.response();
    response
        .putHeader("Content-Type", EVENTS)
        .putHeader("Cache-Control", "no-store")
        .putHeader("X-Accel-Buffering", "no");
    if (route.request().method() == HttpMethod.HEAD) {
      response.end();
      return;
    }
    Reader reader = new Reader(asked.caller(), asked.callId(), route.request(), context);
    readers.places().take(asked.caller());
    response.closeHandler(gone -> hub.leave(reader));
    if (response.closed()) {
      hub.leave(reader);
      return;
    }
    response.setChunked(true);
    route.vertx().setTimer(BEGIN_MS_MAX, late -> refuseUnbegun(route, reader));
    hub.join(reader, after(route.request().getHeader("Last-Event-ID")));
  }

  /** Its head goes out with its beginning, so that nobody takes it to be one that has none yet. */
  private void refuseUnbegun(RoutingContext route, Reader reader) {
    if (reader.markBegun() && !route.response().closed()) {
      hub.leave(reader);
      answers.failure(route, Type.DATABASE_UNAVAILABLE.because(null));
    }
  }

  /** Null where the client brings none, negative where it is none of ours. */
  private static Long after(String lastEventId) {
    if (lastEventId == null || lastEventId.isBlank()) {
      return null;
    }
    return lastEventId.matches("\\d{1,18}") ? Long.parseLong(lastEventId) : -1;
  }
}
