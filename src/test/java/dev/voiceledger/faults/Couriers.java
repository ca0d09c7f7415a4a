package dev.voiceledger.faults;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * Many senders at once that have LiveKit's patience: what is not acknowledged is sent again after
 * 1, 2, 4 and 8 s, and then given up. They write down what was acknowledged, and when.
 */
final class Couriers {
  private static final int[] PAUSES_S = {1, 2, 4, 8};

  /** What a list's answer says where the ledger could not take some of it: sent again as well. */
  private static final String REFUSED = "\"refused\":";

  private static final int PARTLY = 207;
  private static final int SECONDS_MAX = 600;
  private static final int POLL_MILLIS = 2;

  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  /** Whom the next one is sent to. */
  private final Function<Parcel, URI> target;

  /** By name, when it was first acknowledged, to the microsecond above. */
  final Map<String, Instant> acknowledged = new ConcurrentHashMap<>();

  /** By status; 0 is a connection that broke or was refused, 207 a post kept in part. */
  final Map<Integer, Integer> answers = new ConcurrentSkipListMap<>();

  final Queue<Parcel> givenUp = new ConcurrentLinkedQueue<>();
  private final AtomicInteger delivered = new AtomicInteger();
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private List<Future<?>> underWay = List.of();

  Couriers(URI base) {
    this(_ -> base);
  }

  Couriers(Function<Parcel, URI> target) {
    this.target = target;
  }

  /** Begins to send all, in this order but for what the senders overtake each other. */
  void begin(List<Parcel> parcels, int senders) {
    Queue<Parcel> all = new ConcurrentLinkedQueue<>(parcels);
    Runnable sender =
        () -> {
          for (Parcel next; (next = all.poll()) != null; ) {
            deliver(next);
          }
        };
    underWay =
        IntStream.range(0, senders).<Future<?>>mapToObj(i -> threads.submit(sender)).toList();
  }

  /** Waits until so many are delivered. */
  void awaitDelivered(int count) throws InterruptedException, TimeoutException {
    long late = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS_MAX);
    while (delivered.get() < count) {
      if (System.nanoTime() > late) {
        throw new TimeoutException(delivered + " of " + count + " are delivered: " + answers);
      }
      TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
    }
  }

  /** Waits until all is delivered or given up. */
  void end() throws InterruptedException, ExecutionException, TimeoutException {
    for (Future<?> sender : underWay) {
      sender.get(SECONDS_MAX, TimeUnit.SECONDS);
    }
    threads.shutdown();
  }

  private void deliver(Parcel parcel) {
    for (int i = 0; !accepted(parcel); i++) {
      if (i == PAUSES_S.length) {
        givenUp.add(parcel);
        return;
      }
      pause(PAUSES_S[i]);
    }
    // A clock finer than the database's would say that a row was stored after its answer.
    Instant now = Instant.now().truncatedTo(ChronoUnit.MICROS).plus(1, ChronoUnit.MICROS);
    acknowledged.putIfAbsent(parcel.name(), now);
    delivered.incrementAndGet();
  }

  private boolean accepted(Parcel parcel) {
    int status = status(parcel);
    answers.merge(status, 1, Integer::sum);
    return status == 200 || status == 201;
  }

  private int status(Parcel parcel) {
    try {
      HttpResponse<String> answer =
          http.send(parcel.request(target.apply(parcel)), BodyHandlers.ofString());
      return answer.body().contains(REFUSED) ? PARTLY : answer.statusCode();
    } catch (IOException _) {
      return 0;
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void pause(int seconds) {
    try {
      TimeUnit.SECONDS.sleep(seconds);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
