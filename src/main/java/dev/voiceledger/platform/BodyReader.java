package dev.voiceledger.platform;

import dev.voiceledger.platform.Problem.Type;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeoutException;

/**
 * Reads bodies within bounds: so many bytes of one, so many of all at once, so much time. To be
 * asked after the caller's token was judged, so that strangers cannot make us read.
 */
@ApplicationScoped
public class BodyReader {
  static final long TIME_MS_MAX = 10_000;

  /** Besides, for each that is announced: the largest may come over a line of 2 Mbit/s. */
  private static final long BYTES_A_MS = 256;

  private static final long LARGEST_BYTES = 16L * 1024 * 1024;

  /** About what the largest body takes from its coming to its end. */
  private static final int RETRY_AFTER_SECONDS = 2;

  private final BodyBudget budget;
  private final Vertx vertx;
  private final boolean atOnce;

  @Inject
  BodyReader(BodyBudget budget, Vertx vertx) {
    this(budget, vertx, false);
  }

  private BodyReader(BodyBudget budget, Vertx vertx, boolean atOnce) {
    this.budget = budget;
    this.vertx = vertx;
    this.atOnce = atOnce;
  }

  /** A reader with a budget of its own, so that others' bodies do not take these bodies' room. */
  public BodyReader apart(long bytesMax) {
    return new BodyReader(new BodyBudget(bytesMax), vertx, false);
  }

  /**
   * The same for bodies so large that few fit: where a length is announced, the room for it is
   * taken at once. So some come in whole and the others are told before they are sent, where
   * otherwise all might stop each other half way.
   */
  public BodyReader apartAtOnce(long bytesMax) {
    return new BodyReader(new BodyBudget(bytesMax), vertx, true);
  }

  /**
   * Bytes that count against the budget until given back, in the pieces in which they came: those
   * of a large one never lie in memory twice.
   */
  public static final class Body {
    private final BodyBudget budget;
    private final List<Buffer> pieces;
    private final long taken;
    private byte[] whole;
    private boolean given;
    private boolean held;

    private Body(BodyBudget budget, List<Buffer> pieces, long taken) {
      this.budget = budget;
      this.pieces = pieces;
      this.taken = taken;
    }

    /** It is no longer held: its room is given back, once. */
    public synchronized void done() {
      if (!given) {
        given = true;
        budget.give(taken);
      }
    }

    /** Somebody works on it, and will say {@link #done}, whatever becomes of the request. */
    public synchronized void hold() {
      held = true;
    }

    /** The request is over: its room is given back, unless somebody works on it still. */
    public synchronized void over() {
      if (!held) {
        done();
      }
    }

    /** All of it as one array, always the same one; for bodies that may lie in memory twice. */
    public byte[] bytes() {
      if (whole == null) {
        Buffer all = Buffer.buffer((int) taken);
        pieces.forEach(all::appendBuffer);
        whole = all.getBytes();
        pieces.clear();
      }
      return whole;
    }

    /** All of it from its beginning, as often as it is asked for. */
    public InputStream stream() {
      return new PiecesStream(whole == null ? pieces : List.of(Buffer.buffer(whole)));
    }
  }

  /**
   * Reads the body of a request that nobody has read. To be called on the request's event loop.
   *
   * @return the body, which counts against the budget until {@link Body#done}; fails with a {@link
   *     ProblemException}: body-too-large, or overloaded where all bodies together are too many
   */
  public Future<Body> read(HttpServerRequest request, int bytesMax) {
    String announced = request.getHeader("Content-Length");
    if (announced != null && announced.length() > 10 || length(announced) > bytesMax) {
      return Future.failedFuture(tooLarge(bytesMax));
    }
    long taken = atOnce ? length(announced) : 0;
    return budget.take(taken)
        ? new Reading(bytesMax, taken).of(request)
        : Future.failedFuture(full().retryAfter(RETRY_AFTER_SECONDS));
  }

  /** What its bodies take now. */
  public long used() {
    return budget.used();
  }

  private static long length(String announced) {
    return announced == null ? 0 : Long.parseLong(announced);
  }

  /** How long a body of an announced length may take; of any other what the shortest may. */
  static long msMax(String announced) {
    boolean known = announced != null && announced.length() <= 10;
    return TIME_MS_MAX + (known ? Math.min(length(announced), LARGEST_BYTES) / BYTES_A_MS : 0);
  }

  private static ProblemException tooLarge(int bytesMax) {
    return Type.BODY_TOO_LARGE.because("at most " + bytesMax + " bytes");
  }

  private static ProblemException full() {
    return Type.OVERLOADED.because("too many bytes are under way");
  }

  /** Of one body; all of it on one event loop, its deadline included. */
  private final class Reading {
    private final int bytesMax;
    private final Promise<Body> promise = Promise.promise();
    private long taken;
    private long length;

    /** Null when the reading is over. */
    private List<Buffer> pieces = new ArrayList<>();

    private Reading(int bytesMax, long taken) {
      this.bytesMax = bytesMax;
      this.taken = taken;
    }

    private Future<Body> of(HttpServerRequest request) {
      request.handler(this::take);
      request.endHandler(end -> finish());
      request.exceptionHandler(this::fail);
      long msMax = msMax(request.getHeader("Content-Length"));
      long deadline = vertx.setTimer(msMax, late -> fail(new TimeoutException()));
      if ("100-continue".equalsIgnoreCase(request.getHeader("Expect"))) {
        request.response().writeContinue();
      }
      request.resume();
      return promise.future().onComplete(over -> vertx.cancelTimer(deadline));
    }

    private void take(Buffer chunk) {
      if (pieces == null) {
        return; // what still comes after a failure
      }
      length += chunk.length();
      if (length > bytesMax) {
        fail(tooLarge(bytesMax));
      } else if (length <= taken || budget.take(length - taken)) {
        taken = Math.max(taken, length);
        pieces.add(chunk);
      } else {
        fail(full().retryAfter(1));
      }
    }

    private void finish() {
      if (pieces != null) {
        Body body = new Body(budget, pieces, taken);
        pieces = null;
        promise.complete(body);
      }
    }

    private void fail(Throwable why) {
      if (pieces != null) {
        budget.give(taken);
        pieces = null;
        promise.fail(why);
      }
    }
  }
}
