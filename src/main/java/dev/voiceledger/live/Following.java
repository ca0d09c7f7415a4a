package dev.voiceledger.live;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * How far everybody was told. Most are told together as things happen; those who come back with a
 * number catch up in a cohort of their own, all that came meanwhile in one, and then join the rest.
 * On the hub's context alone.
 */
@ApplicationScoped
class Following {
  static final long BEHIND_MAX = 10_000;
  private static final int ITEMS_MAX = 500;
  private static final long MARK_BYTES = 256 * 1024;
  private static final long LAGGING_NANOS_MAX = TimeUnit.SECONDS.toNanos(1);

  private final LiveReaders readers;
  private final List<Newcomer> newcomers = new ArrayList<>();

  /** Those of them who came before the position was last asked for, so that it is theirs too. */
  private final List<Newcomer> ready = new ArrayList<>();

  private final Cohort main = new Cohort();
  private Cohort catching = new Cohort();
  private long position = -1;
  private boolean turn;
  private long caughtNanos = System.nanoTime();

  /** Somebody with the number that the client brought; null for none. */
  private record Newcomer(Reader reader, Long after) {}

  Following(LiveReaders readers) {
    this.readers = readers;
  }

  /** There are numbers up to this one. */
  void position(long last) {
    position = Math.max(position, last);
  }

  /** The same, from the database itself and just now. */
  void numbered(long last) {
    if (position < 0) {
      main.cursor(last);
    }
    position(last);
    ready.addAll(newcomers);
    newcomers.clear();
  }

  void join(Reader reader, Long after) {
    newcomers.add(new Newcomer(reader, after));
  }

  void leave(Reader reader) {
    main.remove(reader);
    catching.remove(reader);
  }

  void forgetThoseGone() {
    main.removeThoseGone();
    catching.removeThoseGone();
  }

  /** The next piece of work; null where nobody waits for any. */
  Future<?> step(LiveConnection connection, ObjectMapper json) {
    if (position < 0) {
      return null;
    }
    if (main.isEmpty()) {
      main.cursor(position);
    }
    if (catching.isEmpty() && !ready.isEmpty()) {
      place();
    }
    boolean behind = main.cursor() < position;
    boolean catches = !catching.isEmpty() && !lagging();
    turn = !turn;
    if (catches && (turn || !behind)) {
      return catchUp(connection, json);
    }
    return behind ? follow(connection, json) : null;
  }

  private Future<?> follow(LiveConnection connection, ObjectMapper json) {
    return position - main.cursor() > BEHIND_MAX
        ? reset(main)
        : tell(connection, json, main, false);
  }

  /** Where each of those who came begins. */
  private void place() {
    long least = position;
    for (Newcomer newcomer : ready) {
      Reader reader = newcomer.reader();
      Long after = newcomer.after();
      if (after == null) {
        begin(reader, Event.beginning(position));
      } else if (after < 0 || after > position || position - after > BEHIND_MAX) {
        begin(reader, Event.reset(position));
      } else {
        reader.after(after);
        readers.send(reader, Event.beginning(after));
        catching.add(reader);
        least = Math.min(least, after);
      }
    }
    ready.clear();
    catching.cursor(least);
    caughtNanos = System.nanoTime();
  }

  private void begin(Reader reader, Buffer bytes) {
    reader.after(position);
    readers.send(reader, bytes);
    main.add(reader);
  }

  private Future<?> catchUp(LiveConnection connection, ObjectMapper json) {
    caughtNanos = System.nanoTime();
    if (catching.cursor() >= main.cursor()) {
      catching.all().forEach(main::add);
      catching = new Cohort();
      return Future.succeededFuture();
    }
    return tell(connection, json, catching, true);
  }

  /** Whoever catches up is given a moment to take it in; then those who cannot come again. */
  private boolean lagging() {
    List<Reader> behind =
        catching.all().stream().filter(reader -> reader.unwritten() > MARK_BYTES).toList();
    if (System.nanoTime() - caughtNanos > LAGGING_NANOS_MAX) {
      behind.forEach(reader -> {
        readers.end(reader, End.SLOW);
        catching.remove(reader);
      });
      return false;
    }
    return !behind.isEmpty();
  }

  private Future<?> tell(
      LiveConnection connection, ObjectMapper json, Cohort cohort, boolean resuming) {
    return connection
        .news(cohort, ITEMS_MAX, json)
        .onSuccess(news -> {
          boolean gap = news.changes().isEmpty() || news.changes().first() > cohort.cursor() + 1;
          if (gap) {
            reset(cohort);
          } else {
            readers.tell(cohort, news, resuming);
            cohort.cursor(news.changes().cursor());
          }
        });
  }

  /** What they missed is not to be had any more, or is too much. */
  private Future<?> reset(Cohort cohort) {
    for (Reader reader : cohort.all()) {
      readers.send(reader, Event.reset(position));
      reader.after(position);
    }
    cohort.cursor(position);
    return Future.succeededFuture();
  }
}
