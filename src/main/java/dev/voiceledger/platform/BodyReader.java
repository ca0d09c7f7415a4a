package dev.voiceledger.platform;

import dev.voiceledger.platform.Problem.Type;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.concurrent.TimeoutException;

/**
 * Reads bodies within bounds: so many bytes of one, so many of all at once, so much time. To be
 * asked after the caller's token was judged, so that strangers cannot make us read.
 */
@ApplicationScoped
public class BodyReader {
  static final long TIME_MS_MAX = 10_000;

  private final BodyBudget budget;
  private final Vertx vertx;

  BodyReader(BodyBudget budget, Vertx vertx) {
    this.budget = budget;
    this.vertx = vertx;
  }

  /** A reader with a budget of its own, so that others' bodies do not take these bodies' room. */
  public BodyReader apart(long bytesMax) {
    return new BodyReader(new BodyBudget(bytesMax), vertx);
  }

  /** Bytes that count against the budget until given back. */
  public record Body(byte[] bytes) {}

  /**
   * Reads the body of a request that nobody has read. To be called on the request's event loop.
   *
   * @return the body, which counts against the budget until {@link #done}; fails with a {@link
   *     ProblemException}: body-too-large, or overloaded where all bodies together are too many
   */
  public Future<Body> read(HttpServerRequest request, int bytesMax) {
    String announced = request.getHeader("Content-Length");
    if (announced != null && announced.length() > 10 || length(announced) > bytesMax) {
      return Future.failedFuture(tooLarge(bytesMax));
    }
    return new Reading(bytesMax).of(request);
  }

  /** The body is no longer held. */
  public void done(Body body) {
    budget.give(body.bytes().length);
  }

  private static long length(String announced) {
    return announced == null ? 0 : Long.parseLong(announced);
  }

  private static ProblemException tooLarge(int bytesMax) {
    return Type.BODY_TOO_LARGE.because("at most " + bytesMax + " bytes");
  }

  /** Of one body; all of it on one event loop, its deadline included. */
  private final class Reading {
    private final int bytesMax;
    private final Promise<Body> promise = Promise.promise();

    /** Grows with what came, not with what was announced; null when the reading is over. */
    private Buffer buffer = Buffer.buffer();

    private Reading(int bytesMax) {
      this.bytesMax = bytesMax;
    }

    private Future<Body> of(HttpServerRequest request) {
      request.handler(this::take);
      request.endHandler(end -> finish());
      request.exceptionHandler(this::fail);
      long deadline = vertx.setTimer(TIME_MS_MAX, late -> fail(new TimeoutException()));
      if ("100-continue".equalsIgnoreCase(request.getHeader("Expect"))) {
        request.response().writeContinue();
      }
      request.resume();
      return promise.future().onComplete(over -> vertx.cancelTimer(deadline));
    }

    private void take(Buffer chunk) {
      if (buffer == null) {
        return; // what still comes after a failure
      }
      if (buffer.length() + chunk.length() > bytesMax) {
        fail(tooLarge(bytesMax));
      } else if (budget.take(chunk.length())) {
        buffer.appendBuffer(chunk);
      } else {
        fail(Type.OVERLOADED.because("too many bytes are under way").retryAfter(1));
      }
    }

    private void finish() {
      if (buffer != null) {
        Body body = new Body(buffer.getBytes());
        buffer = null;
        promise.complete(body);
      }
    }

    private void fail(Throwable why) {
      if (buffer != null) {
        budget.give(buffer.length());
        buffer = null;
        promise.fail(why);
      }
    }
  }
}
