package dev.voiceledger.live;

import dev.voiceledger.access.Caller;
import io.vertx.core.AsyncResult;
import io.vertx.core.Context;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.impl.ConnectionBase;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * One stream to one client. The hub says what goes out, on its own thread; it is written on the
 * event loop of the client's connection. Nobody waits for a slow one: what it has not taken is
 * counted, and past a bound it is cut and comes again with the number that it has.
 */
final class Reader {
  static final int UNWRITTEN_BYTES_MAX = 4 * 1024 * 1024;
  private static final long STUCK_NANOS = TimeUnit.SECONDS.toNanos(5);
  private static final int TOLD_MAX = 64;
  private static final long HTTP_2_CANCEL = 8;
  private static final int UNAVAILABLE = 503;

  /** Whose rights are to be asked. */
  enum Who {
    OPERATOR,
    PERSON,
    HOLDER
  }

  private final Caller caller;
  private final UUID callId;
  private final UUID userId;
  private final Instant expires;
  private final HttpServerRequest request;
  private final Context context;
  private final AtomicBoolean begun = new AtomicBoolean();
  private final AtomicBoolean over = new AtomicBoolean();
  private final AtomicBoolean left = new AtomicBoolean();
  private final AtomicLong unwritten = new AtomicLong();
  private volatile long progressNanos = System.nanoTime();
  private volatile long wroteNanos = System.nanoTime();

  /** The rest is the hub's. Up to which number it was told. */
  private long after;

  /** Whether its rights were asked since it came. */
  private boolean judged;

  /** Whether it was told to read all anew, for calls erased while it was away. */
  private boolean unsure;

  /** Of which calls, by the lower half of their ids; the latest only. */
  private long[] told;

  private int toldNext;

  /**
   * @param callId the one call that it looks at; null for all that it may see
   */
  Reader(Caller caller, UUID callId, HttpServerRequest request, Context context) {
    this.caller = caller;
    this.callId = callId;
    this.userId = caller.userId() == null ? null : UUID.fromString(caller.userId());
    this.expires = caller.expires();
    this.request = request;
    this.context = context;
  }

  Who who() {
    return caller.operates() ? Who.OPERATOR : caller.join() != null ? Who.HOLDER : Who.PERSON;
  }

  Caller caller() {
    return caller;
  }

  /** Whether its token opens the room's call, whichever that is. */
  boolean followsRoom() {
    return who() == Who.HOLDER && caller.join().callId() == null;
  }

  UUID callId() {
    return callId;
  }

  UUID userId() {
    return userId;
  }

  long after() {
    return after;
  }

  void after(long number) {
    after = Math.max(after, number);
  }

  boolean judged() {
    return judged;
  }

  void markJudged() {
    judged = true;
  }

  /**
   * Goes on from a number, whatever it was told; its rights were not asked for what is left out.
   */
  void restart(long number) {
    after = number;
    judged = false;
  }

  /** Whether this is the first time. */
  boolean markUnsure() {
    boolean first = !unsure;
    unsure = true;
    return first;
  }

  void tell(UUID call) {
    if (!wasTold(call)) {
      told = told == null ? new long[TOLD_MAX] : told;
      told[toldNext++ % TOLD_MAX] = call.getLeastSignificantBits();
    }
  }

  boolean wasTold(UUID call) {
    for (int i = 0; told != null && i < TOLD_MAX; i++) {
      if (told[i] == call.getLeastSignificantBits()) {
        return true;
      }
    }
    return false;
  }

  void send(List<Chunk> chunks) {
    for (Chunk chunk : chunks) {
      if (unwritten.getAndAdd(chunk.length()) == 0) {
        progressNanos = System.nanoTime();
      }
    }
    wroteNanos = System.nanoTime();
    context.runOnContext(ignored -> chunks.forEach(this::write));
  }

  private void write(Chunk chunk) {
    HttpServerResponse response = request.response();
    if (response.ended() || response.closed()) {
      written(chunk);
    } else {
      response.write(chunk.buffer()).onComplete((AsyncResult<Void> done) -> written(chunk));
    }
  }

  private void written(Chunk chunk) {
    unwritten.addAndGet(-chunk.length());
    progressNanos = System.nanoTime();
    chunk.release();
  }

  long unwritten() {
    return unwritten.get();
  }

  /** Whether it takes less than it is told, or nothing for a while. */
  boolean isSlow(long now) {
    return unwritten() > UNWRITTEN_BYTES_MAX || isWaiting(now, STUCK_NANOS);
  }

  boolean isWaiting(long now, long nanos) {
    return unwritten() > 0 && now - progressNanos > nanos;
  }

  boolean isExpired(Instant now) {
    return expires != null && now.isAfter(expires);
  }

  boolean isSilent(long now, long nanos) {
    return now - wroteNanos > nanos;
  }

  boolean isOver() {
    return over.get();
  }

  /** From any thread, like the next ones; whether this was the first to say so. */
  boolean markOver() {
    return over.compareAndSet(false, true);
  }

  boolean markLeft() {
    return left.compareAndSet(false, true);
  }

  /** It is answered, with a stream or a refusal. */
  boolean markBegun() {
    return begun.compareAndSet(false, true);
  }

  boolean hasBegun() {
    return begun.get();
  }

  /**
   * After all that was sent; the client may come again.
   *
   * @param done is run when all of it is written, or never will be
   */
  void end(Runnable done) {
    boolean refused = markBegun();
    context.runOnContext(ignored -> {
      HttpServerResponse response = request.response();
      if (response.ended() || response.closed()) {
        done.run();
      } else {
        if (refused) {
          response.setStatusCode(UNAVAILABLE);
        }
        response.end().onComplete((AsyncResult<Void> ended) -> done.run());
      }
    });
  }

  /**
   * Whatever is on the way is lost; the client comes again with the number that it has. The channel
   * itself is closed: all other ways to do so wait for what is on the way.
   */
  void cut() {
    context.runOnContext(ignored -> {
      if (request.version() == HttpVersion.HTTP_2) {
        request.response().reset(HTTP_2_CANCEL);
      } else {
        ((ConnectionBase) request.connection()).channelHandlerContext().close();
      }
    });
  }
}
