package dev.voiceledger.load;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.Locale;

/** One kept connection of a {@link Load}: a request at a time, answers read to their end. */
final class Line {
  private static final int HEAD_BYTES_MAX = 16 * 1024;
  private static final byte[] LAST_CHUNK = "0\r\n\r\n".getBytes(ISO_8859_1);

  private final SocketAddress address;
  private final Selector selector;
  private final ByteBuffer in;
  private final StringBuilder head = new StringBuilder();
  private final byte[] tail = new byte[LAST_CHUNK.length];
  private SocketChannel channel;
  private SelectionKey key;
  private ByteBuffer out;
  private boolean headOver;
  private boolean chunked;
  private boolean closes;
  private long bodyLeft;
  private int status;

  /** What is under way; null when the line is free. */
  Shot shot;

  long sentNanos;

  Line(SocketAddress address, Selector selector, ByteBuffer shared) {
    this.address = address;
    this.selector = selector;
    this.in = shared;
  }

  /** Begins to send; on a connection that is there, or a new one. */
  void send(Shot next) throws IOException {
    shot = next;
    sentNanos = System.nanoTime();
    out = ByteBuffer.wrap(next.request());
    head.setLength(0);
    headOver = false;
    chunked = false;
    java.util.Arrays.fill(tail, (byte) 0);
    if (channel == null) {
      channel = SocketChannel.open();
      channel.configureBlocking(false);
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
      boolean there = channel.connect(address);
      key = channel.register(selector, there ? SelectionKey.OP_READ : SelectionKey.OP_CONNECT);
      key.attach(this);
      if (!there) {
        return;
      }
    }
    write();
  }

  private void write() throws IOException {
    channel.write(out);
    key.interestOps(
        out.hasRemaining() ? SelectionKey.OP_READ | SelectionKey.OP_WRITE : SelectionKey.OP_READ);
  }

  /**
   * What can be done now.
   *
   * @return the answer's status when it is there whole, else -1
   * @throws IOException where the connection is of no more use
   */
  int go() throws IOException {
    if (key.isConnectable()) {
      channel.finishConnect();
      write();
    }
    if (key.isWritable()) {
      write();
    }
    if (key.isReadable()) {
      return read();
    }
    return -1;
  }

  private int read() throws IOException {
    in.clear();
    int length = channel.read(in);
    if (length < 0 || shot == null) {
      throw new IOException("closed by the service");
    }
    in.flip();
    while (in.hasRemaining() && !headOver) {
      head((char) (in.get() & 0xff));
    }
    if (!headOver || !bodyIsOver()) {
      return -1;
    }
    if (closes) {
      close();
    }
    return status;
  }

  private void head(char next) throws IOException {
    head.append(next);
    int length = head.length();
    if (length > HEAD_BYTES_MAX) {
      throw new IOException("a head without end");
    }
    if (next == '\n' && length > 3 && head.charAt(length - 3) == '\n') {
      headOver = true;
      String text = head.toString().toLowerCase(Locale.ROOT);
      status = Integer.parseInt(text.substring(9, 12));
      closes = text.contains("\r\nconnection: close");
      chunked = text.contains("\r\ntransfer-encoding: chunked");
      int at = text.indexOf("\r\ncontent-length: ");
      bodyLeft = at < 0 ? 0 : Long.parseLong(text.substring(at + 18, text.indexOf('\r', at + 18)));
    }
  }

  private boolean bodyIsOver() {
    if (!chunked) {
      bodyLeft -= in.remaining();
      return bodyLeft <= 0;
    }
    while (in.hasRemaining()) {
      System.arraycopy(tail, 1, tail, 0, tail.length - 1);
      tail[tail.length - 1] = in.get();
    }
    return java.util.Arrays.equals(tail, LAST_CHUNK);
  }

  /** Gives the connection up; the next request makes a new one. */
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
