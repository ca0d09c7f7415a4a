package dev.voiceledger.webhook;

import dev.voiceledger.ledger.Ledger;
import dev.voiceledger.ledger.LedgerUnavailable;
import dev.voiceledger.ledger.Outcome;
import dev.voiceledger.platform.BodyReader;
import dev.voiceledger.platform.BodyReader.Body;
import dev.voiceledger.platform.Gate;
import dev.voiceledger.platform.HttpAnswers;
import dev.voiceledger.platform.Problem;
import dev.voiceledger.platform.Problem.Type;
import dev.voiceledger.platform.ProblemException;
import dev.voiceledger.webhook.WebhookEvent.RoomFinished;
import dev.voiceledger.webhook.WebhookEvent.RoomStarted;
import dev.voiceledger.webhook.WebhookSignature.Claimed;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.Optional;
import org.jboss.logging.Logger;

/**
 * {@code POST /webhooks/livekit}. Answers 200 only for what is on disk. LiveKit retries 5xx for
 * some 15 s and takes any 4xx as delivered: so 4xx is for strangers and for what is too large, our
 * own trouble is 503, and never with {@code Retry-After}, which LiveKit would obey without bound.
 *
 * <p>A plain route, not a resource: the token is judged before a byte of the body is read.
 */
@ApplicationScoped
class WebhookResource {
  static final String PATH = "/webhooks/livekit";
  static final int BODY_BYTES_MAX = 4 * 1024 * 1024;
  private static final Logger LOG = Logger.getLogger(WebhookResource.class);

  private final WebhookSignature signature;
  private final BodyReader bodies;
  private final Ledger ledger;
  private final HttpAnswers answers;
  private final WebhookMetrics metrics;
  private final KeysHeard heard;

  WebhookResource(
      WebhookSignature signature,
      BodyReader bodies,
      Ledger ledger,
      HttpAnswers answers,
      WebhookMetrics metrics,
      KeysHeard heard) {
    this.signature = signature;
    this.bodies = bodies;
    this.ledger = ledger;
    this.answers = answers;
    this.metrics = metrics;
    this.heard = heard;
  }

  void route(@Observes Router router) {
    router.post(PATH).order(Gate.ROUTE_ORDER).handler(this::receive);
    router
        .route(PATH)
        .order(Gate.ROUTE_ORDER + 1)
        .handler(other -> {
          other.response().putHeader("Allow", "POST");
          answers.problemAndClose(other, Type.METHOD_NOT_ALLOWED.with("POST it"));
        });
  }

  private void receive(RoutingContext route) {
    metrics.received();
    Optional<Claimed> claimed = claimed(route);
    if (claimed.isEmpty()) {
      refuse(route);
      return;
    }
    bodies
        .read(route.request(), BODY_BYTES_MAX)
        .onSuccess(body -> admit(route, claimed.get(), body))
        .onFailure(why -> unread(route, why));
  }

  /** LiveKit sends one header; which of two would be meant is not ours to guess. */
  private Optional<Claimed> claimed(RoutingContext route) {
    List<String> headers = route.request().headers().getAll("Authorization");
    return headers.size() == 1 ? signature.verify(headers.getFirst()) : Optional.empty();
  }

  private void admit(RoutingContext route, Claimed claimed, Body body) {
    byte[] digest = sha256(body.bytes());
    if (!claimed.matches(digest)) {
      body.done();
      refuse(route);
      return;
    }
    heard.now(claimed.key());
    kept(body.bytes(), digest)
        .onComplete(kept -> {
          body.done();
          answer(route, kept);
        });
  }

  /** A body that breaks us is our trouble: its sender is told, and its bytes are given back. */
  private Future<Outcome> kept(byte[] body, byte[] digest) {
    try {
      WebhookEvent event = EventReader.read(body, EventReader.hash(digest));
      Secrets.overwrite(body);
      return ledger.admit(EventFacts.of(event, body)).onComplete(kept -> log(event, kept));
    } catch (RuntimeException broken) {
      return Future.failedFuture(broken);
    }
  }

  /**
   * Which event, of which room, and what became of it; never what is in it. What every call has
   * many of is told only to those who ask for it (level DEBUG).
   */
  private static void log(WebhookEvent event, AsyncResult<Outcome> kept) {
    boolean usual =
        kept.succeeded()
            && !(event instanceof RoomStarted || event instanceof RoomFinished)
            && kept.result() != Outcome.FAILED;
    Logger.Level level = usual ? Logger.Level.DEBUG : Logger.Level.INFO;
    if (LOG.isEnabled(level)) {
      LOG.logf(
          level,
          "webhook event=%s eventId=%s roomSid=%s result=%s",
          oneLine(event.source().name()),
          event.source().id(),
          event.room() == null ? "" : oneLine(event.room().sid()),
          kept.succeeded() ? kept.result() : kept.cause().getMessage());
    }
  }

  private static String oneLine(String text) {
    return text == null ? "" : text.replaceAll("\\p{Cntrl}", "?");
  }

  private void answer(RoutingContext route, AsyncResult<Outcome> kept) {
    if (kept.succeeded()) {
      metrics.kept(kept.result());
      answers.ok(route);
    } else if (kept.cause() instanceof LedgerUnavailable away) {
      metrics.unavailable(away.reason());
      answers.problem(route, unavailable(away));
    } else {
      LOG.errorf("a webhook was not kept: %s", place(kept.cause()));
      metrics.unavailable(LedgerUnavailable.Reason.DATABASE_TROUBLE);
      answers.problem(route, Type.OVERLOADED.with(null));
    }
  }

  /**
   * Even what the database refuses to keep is our trouble here: nothing of the event is on disk.
   */
  private static Problem unavailable(LedgerUnavailable away) {
    return away.reason() == LedgerUnavailable.Reason.REFUSED
        ? Type.OVERLOADED.with(away.getMessage())
        : away.problem();
  }

  /** Where it broke, and nothing of a message, which may quote what was said. */
  private static String place(Throwable broken) {
    StackTraceElement[] trace = broken.getStackTrace();
    return broken.getClass().getName() + (trace.length == 0 ? "" : " at " + trace[0]);
  }

  private void refuse(RoutingContext route) {
    metrics.refused();
    answers.problemAndClose(
        route, Type.UNAUTHORIZED.with("not signed by a LiveKit server whose keys are known here"));
  }

  private void unread(RoutingContext route, Throwable why) {
    if (why instanceof ProblemException refused) {
      metrics.unread();
      answers.problemAndClose(route, refused.problem());
    } else if (!route.response().closed()) {
      metrics.unread();
      answers.problemAndClose(route, Type.OVERLOADED.with("the body did not come in time"));
    }
  }

  private static byte[] sha256(byte[] body) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(body);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
