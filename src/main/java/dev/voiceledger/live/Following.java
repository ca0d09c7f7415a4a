package dev.voiceledger.live;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/**
 * How far everybody was told. Most are told together as things happen; those who come back with a
 * number catch up in a cohort of their own, all that came meanwhile in one, and then join the rest.
 * On the hub's context alone.
 */
@ApplicationScoped
class Following {
  static final long BEHIND_MAX = 10_000;
  private static final int ITEMS_MAX = 500;
  private static final long NOWHERE = Long.MIN_VALUE;
  private static final long MARK_BYTES = 256 * 1024;
  private static final int FAILURES_MAX = 10;
  private static final Logger LOG = Logger.getLogger(Following.class);
  private static final long LAGGING_NANOS_MAX = TimeUnit.SECONDS.toNanos(1);

  private final LiveReaders readers;
  private final List<Newcomer> newcomers = new ArrayList<>();

  /** Those of them who came before the position was last asked for, so that it is theirs too. */
  private final List<Newcomer> ready = new ArrayList<>();

  /** Those who catch up when the ones before them have. */
  private Cohort next = new Cohort();

  private final Cohort main = new Cohort();
  private Cohort catching = new Cohort();
  private long position = -1;
  private boolean turn;
  private int failures;
  private long caughtNanos = System.nanoTime();

  /** Somebody with the number that the client brought, which another replica may have given. */
  private record Newcomer(Reader reader, long after) {}

  Following(LiveReaders readers) {
    this.readers = readers;
  }

  /** The position is about to be asked for. */
  void asking() {
    ready.addAll(newcomers);
    newcomers.clear();
  }

  /** There are numbers up to this one; fewer than there were where an older state came back. */
  void numbered(long last) {
    boolean first = position < 0;
    boolean back = last < position;
    position = last;
    if (first) {
      main.cursor(last);
    }
    if (back) {
      List.of(main, catching, next).forEach(this::reset);
    }
    ready.forEach(this::place);
    ready.clear();
  }

  /**
   * @param after the number that the client brought; null for none
   */
  void join(Reader reader, Long after) {
    if (!reader.isOver()) {
      newcomers.add(new Newcomer(reader, after == null ? NOWHERE : after));
    }
  }

  void leave(Reader reader) {
    newcomers.removeIf(newcomer -> newcomer.reader() == reader);
    ready.removeIf(newcomer -> newcomer.reader() == reader);
    List.of(main, catching, next).forEach(cohort -> cohort.remove(reader));
  }

  void forgetThoseGone() {
    List.of(main, catching, next).forEach(Cohort::removeThoseGone);
  }

  /** The next piece of work; null where nobody waits for any. */
  Future<?> step(LiveConnection connection, ObjectMapper json) {
    if (position < 0) {
      return null;
    }
    if (main.isEmpty()) {
      main.cursor(position);
    }
    if (catching.isEmpty() && !next.isEmpty()) {
      catching = next;
      next = new Cohort();
      caughtNanos = System.nanoTime();
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

  /** Where somebody who brings a number begins. */
  private void place(Newcomer newcomer) {
    Reader reader = newcomer.reader();
    long after = newcomer.after();
    if (after == NOWHERE) {
      begin(reader, Event.beginning(position));
    } else if (after < 0 || after > position || position - after > BEHIND_MAX) {
      begin(reader, Event.reset(position));
    } else {
      reader.after(after);
      next.cursor(next.isEmpty() ? after : Math.min(next.cursor(), after));
      next.add(reader);
      readers.begin(reader, Event.beginning(after));
    }
  }

  private void begin(Reader reader, Buffer bytes) {
    reader.after(position);
    main.cursor(main.isEmpty() ? position : main.cursor());
    main.add(reader);
    readers.begin(reader, bytes);
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
        .map(news -> {
          boolean gap = news.changes().isEmpty() || news.changes().first() > cohort.cursor() + 1;
          if (gap) {
            reset(cohort);
          } else {
            readers.tell(cohort, news, resuming);
            cohort.cursor(news.changes().cursor());
          }
          failures = 0;
          return news;
        })
        .onFailure(why -> failed(cohort));
  }

  /** What cannot be read, whatever it is, must not hold up all that comes after it. */
  private void failed(Cohort cohort) {
    failures++;
    if (failures >= FAILURES_MAX) {
      LOG.errorf("changes after %d could not be read; left out", cohort.cursor());
      failures = 0;
      reset(cohort);
    }
  }

  /** What they missed is not to be had any more, or is too much. */
  private Future<?> reset(Cohort cohort) {
    for (Reader reader : cohort.all()) {
      readers.send(reader, Event.reset(position));
      reader.restart(position);
    }
    cohort.cursor(position);
    return Future.succeededFuture();
  }
}
