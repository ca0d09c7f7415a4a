package dev.voiceledger.faults;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;

/** Asks for liveness and readiness all the time, as an orchestrator does, only more often. */
final class Probes implements AutoCloseable {
  static final String LIVE = "live";
  static final String READY = "ready";
  private static final int PAUSE_MS = 100;
  private static final int ANSWER_MS_MAX = 20_000;

  private final URI base;
  private final Collection<Tried> asked = new ConcurrentLinkedQueue<>();
  private final List<Thread> threads;
  private volatile boolean over;

  Probes(URI base) {
    this.base = base;
    this.threads = List.of(asking(LIVE), asking(READY));
  }

  private Thread asking(String what) {
    return Thread.ofVirtual()
        .start(() -> {
          while (!over) {
            asked.add(ask(what));
            Crowd.pause(PAUSE_MS);
          }
        });
  }

  private Tried ask(String what) {
    long at = System.nanoTime();
    int status;
    try {
      URI probe = base.resolve("/q/health/" + what);
      HttpURLConnection connection = (HttpURLConnection) probe.toURL().openConnection();
      connection.setRequestProperty("Connection", "close");
      connection.setReadTimeout(ANSWER_MS_MAX);
      status = connection.getResponseCode();
    } catch (IOException late) {
      status = 0;
    }
    return new Tried(what, at, status, TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - at), null);
  }

  /**
   * Waits until readiness has this status.
   *
   * @return milliseconds from a moment until it was first asked for and so
   */
  long readyIs(int status, long since, long msMax) {
    long end = since + TimeUnit.MILLISECONDS.toNanos(msMax);
    while (true) {
      for (Tried one : asked) {
        if (one.what().equals(READY) && one.at() > since && one.status() == status) {
          return TimeUnit.NANOSECONDS.toMillis(one.at() - since);
        }
      }
      if (System.nanoTime() > end) {
        throw new AssertionError("readiness is not " + status + " after " + msMax + " ms");
      }
      Crowd.pause(PAUSE_MS / 2);
    }
  }

  /** All of a kind that were asked between two moments. */
  List<Tried> asked(String what, long from, long to) {
    return asked.stream().filter(one -> one.what().equals(what) && one.within(from, to)).toList();
  }

  /** No probe is late, and however bad the database is, the service itself is alive. */
  void assertInTimeAndAlive(long msMax) {
    assertTrue(Tried.slowestMs(asked) <= msMax, Tried.counts(asked));
    assertTrue(
        asked.stream().allMatch(one -> !one.what().equals(LIVE) || one.status() == 200),
        Tried.counts(asked));
  }

  /** Once it is known that nothing works, it is said all the time. */
  void assertNotReady(long from, long to) {
    List<Tried> ready = asked(READY, from, to);
    assertTrue(ready.stream().allMatch(Tried::isRefused), Tried.counts(ready));
  }

  /** All there were. */
  List<Tried> all() {
    return List.copyOf(asked);
  }

  @Override
  public void close() throws InterruptedException {
    over = true;
    for (Thread thread : threads) {
      thread.join(ANSWER_MS_MAX);
    }
  }
}
