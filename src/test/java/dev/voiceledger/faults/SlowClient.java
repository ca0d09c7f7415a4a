package dev.voiceledger.faults;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/** One connection of somebody who is slow on purpose; comes again as soon as it is cut. */
final class SlowClient {
  /** What is slow about it. */
  enum Kind {
    /** Never says anything. */
    SILENCE,
    /** A head that goes on and on. */
    HEAD,
    /** The same after a request that was good. */
    SECOND_HEAD,
    /** A body that goes on and on, of somebody who may post. */
    BODY,
    /** A body for a route that wants none. */
    UNASKED_BODY,
    /** Large answers that are not taken, but for a byte now and then. */
    READING
  }

  private static final int RECEIVE_BYTES = 4_096;
  private static final byte DRIP = 'a';

  final Kind kind;
  private final InetSocketAddress address;
  private final byte[] begin;
  private final ByteBuffer in = ByteBuffer.allocate(1);
  private SocketChannel channel;
  private ByteBuffer out;
  private long sinceNanos;

  /**
   * @param begin what is sent at once
   */
  SlowClient(Kind kind, int port, String begin) {
    this.kind = kind;
    this.address = new InetSocketAddress("127.0.0.1", port);
    this.begin = begin.getBytes(ISO_8859_1);
  }

  private void open() throws IOException {
    channel = SocketChannel.open();
    if (kind == Kind.READING) {
      channel.setOption(StandardSocketOptions.SO_RCVBUF, RECEIVE_BYTES);
    }
    channel.configureBlocking(false);
    channel.connect(address);
    sinceNanos = System.nanoTime();
    out = ByteBuffer.wrap(begin);
  }

  /**
   * Once a second: a byte each way.
   *
   * @return seconds for which the service had borne it, where it was cut; else -1
   */
  double drip() {
    try {
      if (channel == null) {
        open();
      }
      if (!channel.finishConnect()) {
        return -1;
      }
      if (out.hasRemaining()) {
        channel.write(out);
      } else if (kind != Kind.SILENCE) {
        channel.write(ByteBuffer.wrap(new byte[] {DRIP}));
      }
      return read();
    } catch (IOException cut) {
      return cut();
    }
  }

  /**
   * Who is slow to send takes what is said, so as to hear of the end; who is slow to read a byte.
   */
  private double read() throws IOException {
    int length;
    do {
      in.clear();
      length = channel.read(in);
    } while (length > 0 && kind != Kind.READING);
    return length < 0 ? cut() : -1;
  }

  private double cut() {
    double seconds = ageSeconds();
    close();
    return seconds;
  }

  /** For how long it has been there. */
  double ageSeconds() {
    return channel == null ? 0 : (System.nanoTime() - sinceNanos) / 1e9;
  }

  void close() {
    try {
      if (channel != null) {
        channel.close();
      }
    } catch (IOException gone) {
      // it is gone
    }
    channel = null;
  }
}
