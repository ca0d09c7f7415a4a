package dev.voiceledger.live;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.voiceledger.ledger.Ledger;
import dev.voiceledger.live.LiveConnection.Numbered;
import dev.voiceledger.platform.DirectDatabase;
import dev.voiceledger.platform.Draining;
import dev.voiceledger.platform.Problem.Type;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.impl.VertxInternal;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;

/**
 * One a replica, on an event loop of its own with one connection of its own. Soon after this
 * replica's ledger committed, and every now and then for what others wrote, it has changes
 * numbered; whenever there are new numbers, whoever gave them, it reads on from its own and tells
 * those who look. Without its connection it tells nothing, and then goes on where it was.
 */
@ApplicationScoped
class LiveHub {
  private static final int ITEMS_NUMBERED_MAX = 2_000;
  private static final int FORGET_ROWS_MAX = 1_000;
  private static final int SCRUB_ROWS_MAX = 200;
  private static final long AFTER_COMMIT_MS = 25;
  private static final long BETWEEN_NUMBERS_MS = 100;
  private static final long POLL_MS = 250;
  private static final long SWEEP_MS = 1_000;
  private static final long FORGET_MS = 10_000;
  private static final long ANSWER_MS_MAX = 5_000;
  private static final long AWAY_NANOS = TimeUnit.SECONDS.toNanos(5);
  private static final Logger LOG = Logger.getLogger(LiveHub.class);

  private final Vertx vertx;
  private final Context context;
  private final Line line;
  private final ObjectMapper json;
  private final LiveReaders readers;
  private final Following following;
  private final boolean jobs;
  private final AtomicBoolean signalled = new AtomicBoolean();
  private volatile boolean stopping;

  /** When numbers were had last. */
  private volatile long answeredNanos = System.nanoTime();

  /** What follows is touched on the context alone. */
  private boolean running;

  private boolean numberWanted = true;
  private boolean forgetWanted;
  private boolean scrubWanted;

  /** Whether numbers are wanted, but so soon after the last ones that a timer is set for them. */
  private boolean late;

  private long numberedNanos = System.nanoTime();

  LiveHub(
      Vertx vertx,
      DirectDatabase database,
      Ledger ledger,
      ObjectMapper json,
      LiveReaders readers,
      Following following,
      @ConfigProperty(name = "quarkus.scheduler.enabled", defaultValue = "true") boolean jobs) {
    this.vertx = vertx;
    this.jobs = jobs;
    this.context = ((VertxInternal) vertx).createEventLoopContext();
    this.line =
        new Line(vertx, LiveConnection.Way.of(database), this::wantNumbers, this::wantNumbers);
    this.json = json;
    this.readers = readers;
    this.following = following;
    ledger.onCommit(this::committed);
  }

  /** Where nothing is to run by itself, nothing is followed either. */
  void start(@Observes StartupEvent event) {
    if (!jobs) {
      return;
    }
    context.runOnContext(ignored -> {
      vertx.setPeriodic(SWEEP_MS, tick -> sweep());
      vertx.setPeriodic(POLL_MS, tick -> wantNumbers());
      vertx.setPeriodic(FORGET_MS, tick -> forgetWanted = scrubWanted = true);
      line.open();
    });
  }

  /**
   * When nothing new is taken any more and requests are waited for: a stream would never be done by
   * itself. By now load balancers know, and whoever comes back meets another replica.
   */
  void drain(@Observes Draining event) {
    end();
  }

  private void end() {
    stopping = true;
    readers.endAll(End.STOPPING);
  }

  void stop(@Observes ShutdownEvent event) {
    end(); // whoever came meanwhile, and all of them where nothing drains, as when code is reloaded
    context.runOnContext(ignored -> line.close());
  }

  /**
   * Whether somebody who comes now would soon be told of anything: whether numbers were had lately.
   * A line that was lost a moment ago is as good as one that is there.
   *
   * @throws dev.voiceledger.platform.ProblemException where not
   */
  void requireReady() {
    if (stopping) {
      throw Type.OVERLOADED.because("the service is stopping").retryAfter(1);
    }
    if (System.nanoTime() - answeredNanos > AWAY_NANOS) {
      throw Type.DATABASE_UNAVAILABLE.because(null).retryAfter(1);
    }
  }

  /**
   * A stream begins.
   *
   * @param after the number that the client was told last; null where it comes for the first time,
   *     and negative where it is none
   */
  void join(Reader reader, Long after) {
    readers.came(reader);
    if (stopping) {
      readers.end(reader, End.STOPPING); // all were ended, perhaps before this one was there
    }
    context.runOnContext(ignored -> {
      following.join(reader, after);
      wantNumbers();
    });
  }

  void leave(Reader reader) {
    readers.left(reader);
    context.runOnContext(ignored -> following.leave(reader));
  }

  /** From any thread, after each commit: many within a moment are one signal. */
  private void committed() {
    if (signalled.compareAndSet(false, true)) {
      context.runOnContext(ignored ->
          vertx.setTimer(
              AFTER_COMMIT_MS,
              late -> {
                signalled.set(false);
                wantNumbers();
              }));
    }
  }

  private void sweep() {
    readers.sweep();
    following.forgetThoseGone();
  }

  private void wantNumbers() {
    numberWanted = true;
    next();
  }

  /** One thing at a time; what is wanted meanwhile is done after it. */
  private void next() {
    LiveConnection open = line.connection();
    if (running || open == null) {
      return;
    }
    Future<?> work = work(open);
    if (work != null) {
      running = true;
      work.timeout(ANSWER_MS_MAX, TimeUnit.MILLISECONDS)
          .onComplete(done ->
              context.runOnContext(ignored -> {
                running = false;
                if (done.failed()) {
                  line.lost(open, done.cause().getClass().getName());
                }
                next();
              }));
    }
  }

  /** What is most urgent; null where nothing is. */
  private Future<?> work(LiveConnection open) {
    if (forgetWanted) {
      forgetWanted = false;
      return open.forget(FORGET_ROWS_MAX);
    }
    long since = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - numberedNanos);
    if (numberWanted && since >= BETWEEN_NUMBERS_MS) {
      numberWanted = false;
      numberedNanos = System.nanoTime();
      following.asking();
      return open.number(ITEMS_NUMBERED_MAX).map(this::numbered);
    }
    if (numberWanted && !late) {
      late = true;
      vertx.setTimer(
          BETWEEN_NUMBERS_MS - since,
          tick -> {
            late = false;
            next();
          });
    }
    Future<?> step = readers.isFull() ? null : following.step(open, json);
    return step == null && scrubWanted ? scrub(open) : step;
  }

  private Future<?> scrub(LiveConnection open) {
    scrubWanted = false;
    return open.scrub(SCRUB_ROWS_MAX).map(more -> scrubWanted |= more);
  }

  private Void numbered(Numbered numbered) {
    answeredNanos = System.nanoTime();
    numberWanted |= numbered.more();
    following.numbered(numbered.last());
    return null;
  }
}
