package dev.voiceledger.platform;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jboss.logging.Logger;

/**
 * Ends a connection to the database on which an answer is due and nothing comes. What is between
 * may have forgotten it and told nobody; the kernel waits for a quarter of an hour then, or for
 * ever where a proxy takes the bytes, and the driver has no such bound. A connection on which
 * nothing is asked may be silent as long as it likes.
 */
final class SilenceWatch extends ChannelDuplexHandler {
  /** Longer than any statement of requests, groups and live changes may take. */
  static final long SILENT_MS_MAX = 5_000;

  private static final long LOOK_MS = 500;

  /**
   * ReadyForQuery, without the transaction's state that ends it: all that was asked is answered.
   */
  private static final long READY = 0x5A_00_00_00_05L;

  private static final long READY_MASK = 0xFF_FF_FF_FF_FFL;

  /**
   * The server's one byte to whoever asks for TLS where it has none. The driver begins anew on
   * another connection then, and leaves this one open.
   */
  private static final byte NO_TLS = 'N';

  private static final Logger LOG = Logger.getLogger(SilenceWatch.class);

  private final LongSupplier silentMsMax;

  /** The last bytes that came, the latest lowest. */
  private long tail;

  private boolean heard;
  private boolean asked;

  /**
   * How long nothing came of what was asked, counted in looks: time in which the event loop itself
   * did not turn is nobody's silence, and the answer may lie in the socket.
   */
  private long silentMs;

  private ScheduledFuture<?> looking;

  SilenceWatch(LongSupplier silentMsMax) {
    this.silentMsMax = silentMsMax;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext context) {
    looking =
        context
            .executor()
            .scheduleWithFixedDelay(() -> look(context), LOOK_MS, LOOK_MS, TimeUnit.MILLISECONDS);
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext context) {
    looking.cancel(false);
  }

  private void look(ChannelHandlerContext context) {
    silentMs += LOOK_MS;
    if (asked && silentMs > silentMsMax.getAsLong()) {
      LOG.warnf("a connection to the database has been silent for %d ms: closed", silentMs);
      asked = false;
      // From here it is the socket itself that closes; the driver would say goodbye, and wait.
      context.close();
    }
  }

  @Override
  public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
    if (!asked) {
      asked = true;
      silentMs = 0;
    }
    context.write(message, promise);
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    silentMs = 0;
    boolean left = false;
    if (message instanceof ByteBuf bytes) {
      left = !heard && bytes.readableBytes() == 1 && bytes.getByte(bytes.readerIndex()) == NO_TLS;
      heard = true;
      for (int i = Math.max(bytes.readerIndex(), bytes.writerIndex() - Long.BYTES);
          i < bytes.writerIndex();
          i++) {
        tail = tail << Byte.SIZE | bytes.getUnsignedByte(i);
      }
      asked &= (tail >>> Byte.SIZE & READY_MASK) != READY;
    }
    context.fireChannelRead(message);
    if (left) {
      asked = false;
      context.close();
    }
  }
}
