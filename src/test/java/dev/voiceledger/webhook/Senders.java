package dev.voiceledger.webhook;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Many senders at once, each a thread with one kept connection and requests that were signed and
 * written out beforehand: on two cores, what the client does not burn is left to the service.
 */
final class Senders {
  private static final int ANSWER_MS_MAX = 30_000;

  private final URI base;

  /**
   * @param base of the service, as {@code @TestHTTPResource} gives it
   */
  Senders(URI base) {
    this.base = base;
  }

  /** What came back of all that was sent. */
  static final class Answers {
    final Map<Integer, Integer> statuses = new TreeMap<>();
    long slowestMs;
    int retryAfters;
    private final List<Long> nanos = new ArrayList<>();

    private synchronized void add(Answer one, long taken) {
      statuses.merge(one.status, 1, Integer::sum);
      slowestMs = Math.max(slowestMs, taken / 1_000_000);
      nanos.add(taken);
      retryAfters += one.retryAfter ? 1 : 0;
    }

    /** Milliseconds within which so many of a hundred were answered. */
    double withinMs(int percent) {
      List<Long> sorted = nanos.stream().sorted().toList();
      return sorted.get((sorted.size() - 1) * percent / 100) / 1e6;
    }

    /** These and others together. */
    void add(Answers others) {
      others.statuses.forEach((status, count) -> statuses.merge(status, count, Integer::sum));
      slowestMs = Math.max(slowestMs, others.slowestMs);
      retryAfters += others.retryAfters;
      nanos.addAll(others.nanos);
    }

    @Override
    public String toString() {
      return statuses + ", slowest " + slowestMs + " ms, Retry-After " + retryAfters;
    }
  }

  private record Answer(int status, boolean retryAfter, boolean closes) {}

  /** A request with this body, signed. */
  byte[] request(byte[] body) {
    String head =
        "POST /webhooks/livekit HTTP/1.1\r\nHost: %s:%d\r\nUser-Agent: LiveKit\r\n"
            + "Content-Type: application/webhook+json\r\nAuthorization: %s\r\n"
            + "Content-Length: %d\r\n\r\n";
    ByteArrayOutputStream request = new ByteArrayOutputStream(body.length + 512);
    request.writeBytes(
        head.formatted(base.getHost(), base.getPort(), LiveKitSender.sign(body), body.length)
            .getBytes(ISO_8859_1));
    request.writeBytes(body);
    return request.toByteArray();
  }

  List<byte[]> requests(List<Webhooks> events) {
    return events.parallelStream().map(event -> request(event.bytes())).toList();
  }

  /** Sends all, in order of the list but for what the senders overtake each other. */
  Answers send(List<byte[]> requests, int senders) {
    return sendSequences(requests.stream().map(List::of).toList(), senders);
  }

  /** Sends sequences beside each other; each in its order, the next when the last is answered. */
  Answers sendSequences(List<List<byte[]>> sequences, int senders) {
    Answers answers = new Answers();
    AtomicInteger next = new AtomicInteger();
    together(
        senders,
        connection -> {
          for (int i; (i = next.getAndIncrement()) < sequences.size(); ) {
            for (byte[] request : sequences.get(i)) {
              connection.send(request, answers);
            }
          }
        });
    return answers;
  }

  /** Round by round: every sender sends the round's request at the same moment. */
  Answers sendCopies(List<byte[]> rounds, int senders) {
    Answers answers = new Answers();
    CyclicBarrier barrier = new CyclicBarrier(senders);
    together(
        senders,
        connection -> {
          for (byte[] request : rounds) {
            await(barrier);
            connection.send(request, answers);
          }
        });
    return answers;
  }

  private static void await(CyclicBarrier barrier) {
    try {
      barrier.await();
    } catch (InterruptedException | BrokenBarrierException e) {
      throw new IllegalStateException(e);
    }
  }

  private interface Work {
    void with(Connection connection) throws IOException;
  }

  private void together(int senders, Work work) {
    try (ExecutorService threads = Executors.newFixedThreadPool(senders)) {
      List<Future<?>> all = new ArrayList<>();
      for (int i = 0; i < senders; i++) {
        all.add(threads.submit(() -> alone(work)));
      }
      for (Future<?> one : all) {
        one.get();
      }
    } catch (InterruptedException | ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  private void alone(Work work) {
    try (Connection connection = new Connection(base)) {
      work.with(connection);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static final class Connection implements AutoCloseable {
    private final URI base;
    private Socket socket;
    private InputStream in;

    private Connection(URI base) {
      this.base = base;
    }

    private void send(byte[] request, Answers answers) throws IOException {
      long start = System.nanoTime();
      if (socket == null) {
        socket = new Socket(base.getHost(), base.getPort());
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(ANSWER_MS_MAX);
        in = new BufferedInputStream(socket.getInputStream());
      }
      socket.getOutputStream().write(request);
      Answer answer = answer();
      answers.add(answer, System.nanoTime() - start);
      if (answer.closes) {
        close();
      }
    }

    private Answer answer() throws IOException {
      int status = Integer.parseInt(line().split(" ")[1]);
      boolean retryAfter = false;
      boolean closes = false;
      int length = 0;
      for (String line; !(line = line().toLowerCase(Locale.ROOT)).isEmpty(); ) {
        retryAfter |= line.startsWith("retry-after:");
        closes |= line.equals("connection: close");
        if (line.startsWith("content-length:")) {
          length = Integer.parseInt(line.substring(line.indexOf(':') + 1).strip());
        }
      }
      in.skipNBytes(length);
      return new Answer(status, retryAfter, closes);
    }

    private String line() throws IOException {
      StringBuilder line = new StringBuilder();
      for (int c; (c = in.read()) != '\n'; ) {
        if (c < 0) {
          throw new IOException("the service closed the connection without an answer");
        }
        if (c != '\r') {
          line.append((char) c);
        }
      }
      return line.toString();
    }

    @Override
    public void close() throws IOException {
      if (socket != null) {
        socket.close();
        socket = null;
      }
    }
  }
}
