package dev.voiceledger.live;

import io.vertx.core.buffer.Buffer;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** All who read from this replica: who comes and goes, and who has to go. */
@ApplicationScoped
class LiveReaders {
  private static final long HEARTBEAT_NANOS = TimeUnit.SECONDS.toNanos(15);
  private static final long HELD_BYTES_MAX = 16L * 1024 * 1024;
  private static final long HOLDING_NANOS_MAX = TimeUnit.MILLISECONDS.toNanos(250);

  /** Some times as long as from one look at all to the next. */
  private static final long LATE_NANOS = TimeUnit.SECONDS.toNanos(2);

  /** Clients of a replica that goes do not all come to the next one at once. */
  private static final int RETRY_MS_MIN = 500;

  private static final int RETRY_MS_MAX = 2_000;

  private final Places places = new Places();
  private final Set<Reader> all = ConcurrentHashMap.newKeySet();
  private final AtomicLong held = new AtomicLong();
  private final LiveMetrics metrics;
  private final InstantSource clock;
  private volatile long sweptNanos = System.nanoTime();

  LiveReaders(LiveMetrics metrics, InstantSource clock) {
    this.metrics = metrics;
    this.clock = clock;
    metrics.readers(places::taken);
  }

  Places places() {
    return places;
  }

  void came(Reader reader) {
    all.add(reader);
  }

  /** It is gone, with all that it held. From any thread, any number of times. */
  void left(Reader reader) {
    reader.markOver();
    if (reader.markLeft()) {
      all.remove(reader);
      places.give(reader.caller());
    }
  }

  /** Its place is free only when what it had to get is written or given up. */
  void end(Reader reader, End why) {
    if (reader.markOver()) {
      metrics.ended(why);
      if (why.cuts()) {
        reader.cut();
      } else {
        reader.end(() -> left(reader));
      }
    }
  }

  void endAll(End why) {
    all.forEach(reader -> end(reader, why));
  }

  /** Whether so much waits to be written that no more is read. */
  boolean isFull() {
    return held.get() > HELD_BYTES_MAX;
  }

  /** The first that a client gets; too late for those who were refused meanwhile. */
  void begin(Reader reader, Buffer bytes) {
    if (reader.markBegun()) {
      int retryMs = ThreadLocalRandom.current().nextInt(RETRY_MS_MIN, RETRY_MS_MAX);
      send(reader, Buffer.buffer("retry: " + retryMs + "\n\n").appendBuffer(bytes));
    }
  }

  void send(Reader reader, Buffer bytes) {
    Chunk chunk = new Chunk(bytes, held);
    chunk.hold(1);
    reader.send(List.of(chunk));
  }

  /** Gives news to a cohort; those whose stream is over by them leave it. */
  void tell(Cohort cohort, News news, boolean resuming) {
    new Telling(news, held, resuming).to(cohort).forEach(this::end);
    news.sight().holders().forEach(Reader::markJudged);
    cohort
        .all()
        .forEach(reader -> {
          reader.after(news.changes().cursor());
          if (reader.isOver()) {
            cohort.remove(reader);
          }
        });
    if (!resuming) {
      metrics.told(news.changes().lagSeconds());
    }
  }

  /**
   * Tokens run out, lines go silent, and some take too little. A look that comes late judges
   * nobody: it was this process that stood still.
   */
  void sweep() {
    long now = System.nanoTime();
    boolean late = now - sweptNanos > LATE_NANOS;
    sweptNanos = now;
    if (late) {
      return;
    }
    boolean full = isFull();
    for (Reader reader : all) {
      if (reader.isOver()) {
        cutIfStuck(reader, now, full);
      } else if (reader.isSlow(now)) {
        end(reader, End.SLOW);
      } else if (full && reader.isWaiting(now, HOLDING_NANOS_MAX)) {
        end(reader, End.MEMORY);
      } else if (reader.isExpired(clock.instant())) {
        end(reader, End.EXPIRED);
      } else if (reader.hasBegun() && reader.isSilent(now, HEARTBEAT_NANOS)) {
        send(reader, Event.beginning(reader.after())); // nothing else, but how far it was told
      }
    }
  }

  /** A stream that was ended is not done before the client has taken all. */
  private static void cutIfStuck(Reader reader, long now, boolean full) {
    if (reader.isSlow(now) || full && reader.isWaiting(now, HOLDING_NANOS_MAX)) {
      reader.cut();
    }
  }
}
