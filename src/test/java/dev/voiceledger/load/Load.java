package dev.voiceledger.load;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A load of requests from one thread that waits for nobody: open loops keep their rate whatever the
 * service does, and what the client does not burn is left to the service.
 */
public final class Load implements AutoCloseable {
  private static final long ANSWER_NANOS_MAX = TimeUnit.SECONDS.toNanos(30);
  private static final long SWEEP_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

  /** What is to be sent, and what hears of the answers; asked from the load's thread alone. */
  public interface Source {
    /** What is due by now; null where nothing is. */
    Shot next(long nowNanos);

    /**
     * @param status of the answer, 0 where the connection broke or none came in time
     */
    void answered(Shot shot, int status, long nanos);

    /** Whether nothing more will come, once all is answered. */
    boolean isOver(long nowNanos);
  }

  private final Selector selector;
  private final List<Line> all = new ArrayList<>();
  private final Deque<Line> free = new ArrayDeque<>();
  private long sweptNanos = System.nanoTime();

  public Load(URI base, int connections) throws IOException {
    selector = Selector.open();
    InetSocketAddress address = new InetSocketAddress("127.0.0.1", base.getPort());
    ByteBuffer shared = ByteBuffer.allocateDirect(64 * 1024);
    for (int i = 0; i < connections; i++) {
      all.add(new Line(address, selector, shared));
    }
    free.addAll(all);
  }

  /** Sends all of it, and waits for its answers. */
  public void run(Source source) throws IOException {
    while (free.size() < all.size() || !source.isOver(System.nanoTime())) {
      long now = System.nanoTime();
      for (Shot shot; !free.isEmpty() && (shot = source.next(now)) != null; ) {
        send(free.pop(), shot, source);
      }
      selector.select(1);
      for (Iterator<SelectionKey> i = selector.selectedKeys().iterator(); i.hasNext(); ) {
        Line line = (Line) i.next().attachment();
        i.remove();
        go(line, source);
      }
      if (now - sweptNanos > SWEEP_NANOS) {
        sweptNanos = now;
        all.stream()
            .filter(line -> line.shot != null && now - line.sentNanos > ANSWER_NANOS_MAX)
            .forEach(line -> broken(line, source));
      }
    }
  }

  private void send(Line line, Shot shot, Source source) {
    try {
      line.send(shot);
    } catch (IOException closed) {
      broken(line, source);
    }
  }

  private void go(Line line, Source source) {
    try {
      int status = line.go();
      if (status > 0) {
        done(line, source, status);
      }
    } catch (IOException | java.nio.channels.CancelledKeyException closed) {
      broken(line, source);
    }
  }

  private void broken(Line line, Source source) {
    line.close();
    if (line.shot != null) {
      done(line, source, 0);
    }
  }

  private void done(Line line, Source source, int status) {
    Shot shot = line.shot;
    line.shot = null;
    free.push(line);
    source.answered(shot, status, System.nanoTime() - shot.dueNanos());
  }

  @Override
  public void close() throws IOException {
    all.forEach(Line::close);
    selector.close();
  }
}
