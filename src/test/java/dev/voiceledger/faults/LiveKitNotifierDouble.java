package dev.voiceledger.faults;

import com.fasterxml.jackson.databind.JsonNode;
import dev.voiceledger.webhook.Webhooks;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * LiveKit's sender of webhooks with its policy, as its sources have it: one queue for each room's
 * name (or egress) with one sender, 200 deep; what is older than 30 s when its turn comes is
 * dropped; five tries, 1, 2, 4 and 8 s apart, after a broken connection, 429 and 5xx but 501; any
 * other answer counts as sent. What is dropped is dropped for good, and nobody is told: but for the
 * test, which can ask.
 */
final class LiveKitNotifierDouble implements AutoCloseable {
  static final int DEPTH_MAX = 200;
  private static final int AGE_MAX_S = 30;
  private static final int RETRIES = 4;

  /** What became of an event. */
  enum Fate {
    SENT,
    /** Answered with what is not tried again: LiveKit believes that it was sent. */
    REFUSED,
    TRIED_IN_VAIN,
    TOO_OLD,
    QUEUE_FULL
  }

  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final URI base;
  private final Duration second;
  private final Map<String, Line> lines = new ConcurrentHashMap<>();
  private final Map<Fate, Queue<Webhooks>> fates = new ConcurrentHashMap<>();
  private final AtomicInteger pending = new AtomicInteger();
  private volatile boolean closed;

  /**
   * @param second how long one of its seconds lasts: less than one where a test has no time
   */
  LiveKitNotifierDouble(URI base, Duration second) {
    this.base = base;
    this.second = second;
  }

  /** Takes an event and comes back at once, as LiveKit goes on with the call. */
  void queue(Webhooks event) {
    pending.incrementAndGet();
    lines.computeIfAbsent(key(event.json()), _ -> new Line()).put(event);
  }

  private static String key(JsonNode event) {
    String egress = event.at("/egressInfo/egressId").asText();
    return egress.isEmpty() ? event.at("/room/name").asText() : egress;
  }

  List<Webhooks> of(Fate fate) {
    return List.copyOf(fates.getOrDefault(fate, new ConcurrentLinkedQueue<>()));
  }

  /** All that never came. */
  int lost() {
    return of(Fate.REFUSED).size()
        + of(Fate.TRIED_IN_VAIN).size()
        + of(Fate.TOO_OLD).size()
        + of(Fate.QUEUE_FULL).size();
  }

  /** Waits until nothing is queued or under way. */
  void awaitIdle(Duration max) throws InterruptedException, TimeoutException {
    long late = System.nanoTime() + max.toNanos();
    while (pending.get() > 0) {
      if (System.nanoTime() > late) {
        throw new TimeoutException(pending + " events are still queued");
      }
      TimeUnit.MILLISECONDS.sleep(10);
    }
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    for (Fate fate : Fate.values()) {
      text.append(text.isEmpty() ? "" : ", ").append(of(fate).size()).append(' ').append(fate);
    }
    return text.toString();
  }

  @Override
  public void close() {
    closed = true;
  }

  /** The queue of one key and its sender, a thread while there is something to send. */
  private final class Line {
    private record Waiting(Webhooks event, long since) {}

    private final Deque<Waiting> waiting = new ArrayDeque<>();
    private boolean sending;

    private synchronized void put(Webhooks event) {
      if (waiting.size() >= DEPTH_MAX) {
        end(event, Fate.QUEUE_FULL);
        return;
      }
      waiting.add(new Waiting(event, System.nanoTime()));
      if (!sending) {
        sending = true;
        Thread.ofVirtual().start(this::send);
      }
    }

    private synchronized Waiting next() {
      Waiting next = closed ? null : waiting.poll();
      sending = next != null;
      return next;
    }

    private void send() {
      try {
        for (Waiting next; (next = next()) != null; ) {
          boolean old = System.nanoTime() - next.since() > AGE_MAX_S * second.toNanos();
          end(next.event(), old ? Fate.TOO_OLD : fate(next.event()));
        }
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  private void end(Webhooks event, Fate fate) {
    fates.computeIfAbsent(fate, none -> new ConcurrentLinkedQueue<>()).add(event);
    pending.decrementAndGet();
  }

  private Fate fate(Webhooks event) throws InterruptedException {
    for (int i = 0; i <= RETRIES && !closed; i++) {
      if (i > 0) {
        Thread.sleep(second.multipliedBy(1L << (i - 1)));
      }
      int status = status(event);
      boolean again = status == 0 || status == 429 || status >= 500 && status != 501;
      if (!again) {
        return status < 300 ? Fate.SENT : Fate.REFUSED;
      }
    }
    return Fate.TRIED_IN_VAIN;
  }

  /** 0 for a connection that broke or was refused. */
  private int status(Webhooks event) throws InterruptedException {
    try {
      return http.send(Parcel.of(event).request(base), BodyHandlers.discarding()).statusCode();
    } catch (IOException _) {
      return 0;
    }
  }
}
