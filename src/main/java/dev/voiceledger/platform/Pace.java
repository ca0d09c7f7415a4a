package dev.voiceledger.platform;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.util.AttributeKey;
import io.netty.util.concurrent.Future;
import io.vertx.core.Context;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.impl.ConnectionBase;
import java.util.concurrent.TimeUnit;

/**
 * Ends a connection whose other end is slow on purpose. A timeout of silence is not enough: a byte
 * now and then defeats it. So each part of an exchange has a time of its own, however many bytes
 * come in it: the head of a request, its body, the pause to the next; and an answer has to be taken
 * at some pace, before the next request of the same connection is looked at.
 *
 * <p>Times are counted in looks, once a second: in time in which the event loop itself did not turn
 * nobody was slow but we. All of it runs on the connection's event loop.
 */
final class Pace extends ChannelDuplexHandler {
  private static final AttributeKey<Pace> KEY = AttributeKey.valueOf(Pace.class, "pace");

  private static final long HEAD_MS_MAX = 10_000;

  /** More than {@link BodyReader} gives, which says so to the sender. */
  private static final long BODY_MS_MORE = 5_000;

  private static final long PAUSE_MS_MAX = 30_000;
  private static final long STILL_MS_MAX = 20_000;

  /** In that time, of an answer that is not taken whole: 3 KiB a second. */
  private static final long TAKEN_BYTES_MIN = 60 * 1024;

  private static final long LOOK_MS = 1_000;

  private enum At {
    PAUSE,
    HEAD,
    REQUEST,
    SHARED
  }

  private final Untaken untaken;

  /** Connecting counts as the beginning of the first head. */
  private volatile At at = At.HEAD;

  private volatile long atMs;
  private volatile HttpServerRequest request;
  private volatile long stillMs;
  private volatile ChannelHandlerContext channel;
  private Runnable waiting;
  private long pending;
  private long taken;
  private long takenBefore;
  private Future<?> looking;

  /**
   * @param untaken of all connections together
   */
  Pace(Untaken untaken) {
    this.untaken = untaken;
  }

  /**
   * A request's head is there: goes on with it, at once or when the answer before it is taken, or
   * never, where that was to be the last.
   */
  static void begin(HttpServerRequest request, Runnable goOn) {
    Pace pace = of(request);
    if (pace == null) {
      goOn.run();
    } else {
      pace.next(request, goOn);
    }
  }

  private void next(HttpServerRequest next, Runnable goOn) {
    HttpServerRequest before = request;
    if (before != null && isLast(before) || !channel.channel().isActive()) {
      next.response()
          .end(); // nobody reads it, and all that waits for the end of a request hears it
      next.connection().close();
      return;
    }
    request = next;
    to(next.version() == HttpVersion.HTTP_2 ? At.SHARED : At.REQUEST);
    if (channel.channel().isWritable() || at == At.SHARED) {
      goOn.run();
      return;
    }
    Context here = Vertx.currentContext();
    next.pause();
    waiting =
        () ->
            here.runOnContext(taken -> {
              next.resume();
              goOn.run();
            });
  }

  /** Its answer is written, though perhaps not taken yet. */
  static void end(HttpServerRequest request) {
    Pace pace = of(request);
    if (pace != null && pace.at == At.REQUEST) {
      pace.to(At.PAUSE);
    }
  }

  /** Whether so much waits to be taken, by all together, that nothing large can be added. */
  static boolean isFull(HttpServerRequest request) {
    Pace pace = of(request);
    return pace != null && pace.untaken.isFull();
  }

  /** Whether its answer says that the connection ends with it. */
  private static boolean isLast(HttpServerRequest request) {
    return request.response().headers().contains("Connection", "close", true);
  }

  private static Pace of(HttpServerRequest request) {
    return request.connection() instanceof ConnectionBase connection
        ? connection.channel().attr(KEY).get()
        : null;
  }

  private void to(At next) {
    atMs = 0;
    at = next;
  }

  @Override
  public void channelActive(ChannelHandlerContext context) {
    channel = context;
    context.channel().attr(KEY).set(this);
    looking =
        context
            .executor()
            .scheduleWithFixedDelay(() -> look(context), LOOK_MS, LOOK_MS, TimeUnit.MILLISECONDS);
    context.fireChannelActive();
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    looking.cancel(false);
    waiting = null;
    context.fireChannelInactive();
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object bytes) {
    if (at == At.PAUSE) {
      to(At.HEAD);
    }
    context.fireChannelRead(bytes);
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) {
    Runnable next = waiting;
    if (next != null && context.channel().isWritable()) {
      waiting = null;
      next.run();
    }
    context.fireChannelWritabilityChanged();
  }

  @Override
  public void write(ChannelHandlerContext context, Object bytes, ChannelPromise promise) {
    if (bytes instanceof ByteBuf buffer && buffer.isReadable()) {
      int length = buffer.readableBytes();
      pending += length;
      untaken.add(this, length);
      context.write(bytes, promise.unvoid().addListener(over -> taken(length)));
    } else {
      context.write(bytes, promise);
    }
  }

  private void taken(int length) {
    pending -= length;
    taken += length;
    untaken.give(this, length, pending == 0);
  }

  private void look(ChannelHandlerContext context) {
    atMs += LOOK_MS;
    stillMs += LOOK_MS;
    if (isLate() || isTakenTooSlowly(context)) {
      context.close();
    }
  }

  private boolean isLate() {
    HttpServerRequest current = request;
    return switch (at) {
      case HEAD -> atMs > HEAD_MS_MAX;
      case PAUSE -> atMs > PAUSE_MS_MAX;
      case REQUEST -> atMs > bodyMsMax(current) && hasBody(current) && !current.isEnded();
      case SHARED -> false;
    };
  }

  private static long bodyMsMax(HttpServerRequest request) {
    return BodyReader.msMax(request.getHeader(HttpHeaders.CONTENT_LENGTH)) + BODY_MS_MORE;
  }

  /** One without may never be said to have ended: nobody asks for what is not there. */
  private static boolean hasBody(HttpServerRequest request) {
    MultiMap headers = request.headers();
    String length = headers.get(HttpHeaders.CONTENT_LENGTH);
    return headers.contains(HttpHeaders.TRANSFER_ENCODING) || length != null && !length.equals("0");
  }

  /** What is under way within one large piece counts as taken too. */
  private boolean isTakenTooSlowly(ChannelHandlerContext context) {
    var buffer = context.channel().unsafe().outboundBuffer();
    long all = taken + (buffer == null ? 0 : Math.max(0, buffer.currentProgress()));
    if (pending == 0 || all - takenBefore >= TAKEN_BYTES_MIN) {
      takenBefore = all;
      stillMs = 0;
      return false;
    }
    return stillMs > STILL_MS_MAX;
  }

  /** For how long it has taken next to nothing of what waits for it. */
  long stillMs() {
    return stillMs;
  }

  /** From any thread. */
  void cut() {
    channel.channel().close();
  }
}
