package dev.voiceledger.live;

import io.vertx.core.buffer.Buffer;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** All who read from this replica: who comes and goes, and who has to go. */
@ApplicationScoped
class LiveReaders {
  private static final long HEARTBEAT_NANOS = TimeUnit.SECONDS.toNanos(15);
  private static final long HELD_BYTES_MAX = 16L * 1024 * 1024;
  private static final long HOLDING_NANOS_MAX = TimeUnit.MILLISECONDS.toNanos(250);
  private static final Buffer HEARTBEAT = Buffer.buffer(":\n\n");

  private final Places places = new Places();
  private final Set<Reader> all = ConcurrentHashMap.newKeySet();
  private final AtomicLong held = new AtomicLong();
  private final LiveMetrics metrics;
  private final InstantSource clock;

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

  /** From any thread, any number of times. */
  void left(Reader reader) {
    if (reader.markOver()) {
      all.remove(reader);
      places.give(reader.caller());
    }
  }

  void end(Reader reader, End why) {
    if (!reader.isOver()) {
      left(reader);
      metrics.ended(why);
      if (why.cuts()) {
        reader.cut();
      } else {
        reader.end();
      }
    }
  }

  void endAll(End why) {
    all.forEach(reader -> end(reader, why));
  }

  void send(Reader reader, Buffer bytes) {
    Chunk chunk = new Chunk(bytes, held);
    chunk.hold(1);
    reader.send(List.of(chunk));
  }

  /** Gives news to a cohort; those whose stream is over by them leave it. */
  void tell(Cohort cohort, News news, boolean resuming) {
    new Telling(news, held, resuming).to(cohort).forEach(this::end);
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

  /** Tokens run out, lines go silent, and some take too little. */
  void sweep() {
    long now = System.nanoTime();
    boolean full = held.get() > HELD_BYTES_MAX;
    Chunk heartbeat = new Chunk(HEARTBEAT, held);
    for (Reader reader : all) {
      if (reader.isSlow(now)) {
        end(reader, End.SLOW);
      } else if (full && reader.isWaiting(now, HOLDING_NANOS_MAX)) {
        end(reader, End.MEMORY);
      } else if (reader.isExpired(clock.instant())) {
        end(reader, End.EXPIRED);
      } else if (reader.isSilent(now, HEARTBEAT_NANOS)) {
        heartbeat.hold(1);
        reader.send(List.of(heartbeat));
      }
    }
  }
}
