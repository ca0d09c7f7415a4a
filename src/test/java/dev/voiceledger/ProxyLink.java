package dev.voiceledger;

import dev.voiceledger.DatabaseProxy.Toxics;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.util.Arrays;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/** One connection through a {@link DatabaseProxy}: for each direction a reader and a writer. */
final class ProxyLink {
  private static final int BUFFER = 16 * 1024;
  private static final int CHUNKS_MAX = 256;
  private static final long LOOK_MS = 5;
  private static final byte[] END = {};

  private final DatabaseProxy proxy;
  private final Socket client;

  /** Null where the database never heard of it. */
  private final Socket database;

  private final BlockingQueue<Chunk> up = new ArrayBlockingQueue<>(CHUNKS_MAX);
  private final BlockingQueue<Chunk> down = new ArrayBlockingQueue<>(CHUNKS_MAX);
  private volatile boolean forgotten;
  private volatile boolean closed;

  /** Bytes, and from when on they may arrive, by {@link System#nanoTime}. */
  private record Chunk(byte[] bytes, long due) {}

  ProxyLink(DatabaseProxy proxy, Socket client, Socket database) throws IOException {
    this.proxy = proxy;
    this.client = client;
    this.database = database;
    this.forgotten = database == null;
    client.setTcpNoDelay(true);
    if (database != null) {
      database.setTcpNoDelay(true);
    }
  }

  void start() {
    if (database != null) {
      direction(client, up, database);
      direction(database, down, client);
    }
  }

  private void direction(Socket from, BlockingQueue<Chunk> way, Socket to) {
    Thread.ofPlatform().daemon().start(() -> read(from, way));
    Thread.ofPlatform().daemon().start(() -> write(to, way));
  }

  void forget() {
    forgotten = true;
  }

  void close() {
    closed = true;
    proxy.over(this);
    close(client);
    close(database);
    wake(up);
    wake(down);
  }

  private static void wake(BlockingQueue<Chunk> way) {
    way.clear();
    way.offer(new Chunk(END, System.nanoTime()));
  }

  void reset() {
    linger(client);
    linger(database);
    close();
  }

  /** Closing is then a reset, and nothing that waits is sent any more. */
  private static void linger(Socket socket) {
    try {
      if (socket != null) {
        socket.setSoLinger(true, 0);
      }
    } catch (IOException e) {
      // It was closed.
    }
  }

  private static void close(Socket socket) {
    try {
      if (socket != null) {
        socket.close();
      }
    } catch (IOException e) {
      // It was closed.
    }
  }

  private void read(Socket from, BlockingQueue<Chunk> way) {
    byte[] buffer = new byte[BUFFER];
    try {
      for (int length; (length = from.getInputStream().read(buffer)) >= 0; ) {
        if (!forgotten) {
          way.put(new Chunk(Arrays.copyOf(buffer, length), due()));
        }
      }
    } catch (IOException | InterruptedException e) {
      // As an end.
    }
    if (!way.offer(new Chunk(END, due()))) {
      close();
    }
  }

  private long due() {
    Toxics toxics = proxy.toxics();
    long jitter = ThreadLocalRandom.current().nextLong(toxics.jitterMs() + 1L);
    return System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(toxics.latencyMs() + jitter);
  }

  private void write(Socket to, BlockingQueue<Chunk> way) {
    try {
      OutputStream out = to.getOutputStream();
      while (!closed) {
        Chunk chunk = way.take();
        TimeUnit.NANOSECONDS.sleep(chunk.due - System.nanoTime());
        pass(chunk.bytes, out);
      }
    } catch (IOException | InterruptedException e) {
      // The other end has closed.
    }
    if (!forgotten) {
      close();
    }
  }

  private void pass(byte[] bytes, OutputStream out) throws IOException, InterruptedException {
    for (int from = 0; from < bytes.length && !closed && !forgotten; ) {
      Toxics toxics = proxy.toxics();
      if (toxics.stalling()) {
        TimeUnit.MILLISECONDS.sleep(LOOK_MS);
        continue;
      }
      int length = Math.min(piece(toxics), bytes.length - from);
      out.write(bytes, from, length);
      from += length;
      if (toxics.bytesPerSecond() > 0) {
        TimeUnit.NANOSECONDS.sleep(TimeUnit.SECONDS.toNanos(length) / toxics.bytesPerSecond());
      }
    }
    while (bytes == END && proxy.toxics().stalling() && !closed) {
      TimeUnit.MILLISECONDS.sleep(LOOK_MS);
    }
    if (bytes == END && !forgotten) {
      close();
    }
  }

  /** A narrow way lets a hundredth of a second's worth through at once. */
  private static int piece(Toxics toxics) {
    int piece = toxics.pieceBytes() > 0 ? toxics.pieceBytes() : Integer.MAX_VALUE;
    int narrow = toxics.bytesPerSecond() > 0 ? Math.max(1, toxics.bytesPerSecond() / 100) : piece;
    return Math.min(piece, narrow);
  }
}
