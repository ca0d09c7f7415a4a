package dev.voiceledger.platform;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import io.netty.util.AttributeKey;
import io.netty.util.concurrent.Future;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.impl.ConnectionBase;
import java.util.concurrent.TimeUnit;

/**
 * Ends a connection whose other end is slow on purpose. A timeout of silence is not enough: a byte
 * now and then defeats it. So each part of an exchange has a time of its own, however many bytes
 * come in it: the head of a request, its body, the pause to the next; and an answer has to be taken
 * at some pace.
 *
 * <p>All of it runs on the connection's event loop.
 */
final class Pace extends ChannelDuplexHandler {
  private static final AttributeKey<Pace> KEY = AttributeKey.valueOf(Pace.class, "pace");

  private static final long HEAD_NANOS_MAX = TimeUnit.SECONDS.toNanos(10);

  /** More than {@link BodyReader} gives, which says so to the sender. */
  private static final long BODY_NANOS_MAX = TimeUnit.SECONDS.toNanos(15);

  private static final long PAUSE_NANOS_MAX = TimeUnit.SECONDS.toNanos(30);
  private static final long WINDOW_NANOS = TimeUnit.SECONDS.toNanos(20);

  /** In each window, of an answer that is not taken whole: 3 KiB a second. */
  private static final long TAKEN_BYTES_MIN = 60 * 1024;

  private static final long LOOK_MS = 1_000;

  private enum At {
    PAUSE,
    HEAD,
    REQUEST,
    SHARED
  }

  /** Connecting counts as the beginning of the first head. */
  private volatile At at = At.HEAD;

  private volatile long sinceNanos = System.nanoTime();
  private volatile HttpServerRequest request;
  private long written;
  private long takenBefore;
  private long windowNanos;
  private Future<?> looking;

  /**
   * A request's head is there.
   *
   * @return whether it is to be answered: nothing is, after an answer that was to be the last
   */
  static boolean begin(HttpServerRequest request) {
    Pace pace = of(request);
    if (pace == null) {
      return true;
    }
    HttpServerRequest before = pace.request;
    if (before != null && isLast(before)) {
      return false;
    }
    pace.request = request;
    pace.to(request.version() == HttpVersion.HTTP_2 ? At.SHARED : At.REQUEST);
    return true;
  }

  /** Its answer is written, though perhaps not taken yet. */
  static void end(HttpServerRequest request) {
    Pace pace = of(request);
    if (pace != null && pace.at == At.REQUEST) {
      pace.to(At.PAUSE);
    }
  }

  /** Whether its answer says that the connection ends with it. */
  static boolean isLast(HttpServerRequest request) {
    return request.response().headers().contains("Connection", "close", true);
  }

  private static Pace of(HttpServerRequest request) {
    return request.connection() instanceof ConnectionBase connection
        ? connection.channel().attr(KEY).get()
        : null;
  }

  private void to(At next) {
    sinceNanos = System.nanoTime();
    at = next;
  }

  @Override
  public void channelActive(ChannelHandlerContext context) {
    context.channel().attr(KEY).set(this);
    looking =
        context
            .executor()
            .scheduleAtFixedRate(() -> look(context), LOOK_MS, LOOK_MS, TimeUnit.MILLISECONDS);
    context.fireChannelActive();
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    looking.cancel(false);
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
  public void write(ChannelHandlerContext context, Object bytes, ChannelPromise promise) {
    if (bytes instanceof ByteBuf buffer) {
      written += buffer.readableBytes();
    }
    context.write(bytes, promise);
  }

  private void look(ChannelHandlerContext context) {
    if (isLate() || isTakenTooSlowly(context.channel().unsafe().outboundBuffer())) {
      context.close();
    }
  }

  private boolean isLate() {
    long nanos = System.nanoTime() - sinceNanos;
    HttpServerRequest current = request;
    return switch (at) {
      case HEAD -> nanos > HEAD_NANOS_MAX;
      case PAUSE -> nanos > PAUSE_NANOS_MAX;
      case REQUEST -> nanos > BODY_NANOS_MAX && current != null && !current.isEnded();
      case SHARED -> false;
    };
  }

  private boolean isTakenTooSlowly(ChannelOutboundBuffer waiting) {
    long pending = waiting == null ? 0 : waiting.totalPendingWriteBytes();
    long now = System.nanoTime();
    long taken = written - pending;
    if (pending == 0 || taken - takenBefore >= TAKEN_BYTES_MIN) {
      takenBefore = taken;
      windowNanos = now;
      return false;
    }
    return now - windowNanos > WINDOW_NANOS;
  }
}
