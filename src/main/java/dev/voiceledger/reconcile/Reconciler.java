package dev.voiceledger.reconcile;

import dev.voiceledger.ledger.LedgerUnavailable;
import dev.voiceledger.livekit.LiveKitFailure;
import dev.voiceledger.reconcile.ReconcilerMetrics.Result;
import java.time.Duration;
import java.util.UUID;
import org.jboss.logging.Logger;

/**
 * When to compare, and whose turn it is. One replica holds the turn and renews it twice in an
 * interval; when it is gone, another takes over before the interval is over. The first pass comes
 * with the turn, and one comes at once after an outage: of LiveKit, of the database, or when the
 * ledger had to refuse events.
 */
final class Reconciler {
  /** What LiveKit could not deliver is looked for as often at most. */
  private static final Duration SOON = Duration.ofSeconds(5);

  private static final Duration GRACE_MAX = Duration.ofSeconds(10);
  private static final Duration LOOK_MAX = Duration.ofSeconds(1);
  private static final Logger LOG = Logger.getLogger(Reconciler.class);

  private final UUID holder = UUID.randomUUID();
  private final Pass.Sources sources;
  private final Duration interval;
  private final Duration grace;
  private final Pass pass;
  private long refusedBefore;
  private long nextPass;
  private long nextTake = System.nanoTime();
  private long lastPass = nextTake - SOON.toNanos();
  private boolean ours;
  private Result last = Result.DONE;

  Reconciler(Pass.Sources sources, Duration interval) {
    this.sources = sources;
    this.interval = interval;
    this.grace = shorter(GRACE_MAX, interval.dividedBy(2));
    this.pass = new Pass(holder, sources, grace, interval.multipliedBy(4).dividedBy(5));
    this.refusedBefore = sources.ledger().refused();
  }

  private static Duration shorter(Duration a, Duration b) {
    return a.compareTo(b) < 0 ? a : b;
  }

  /**
   * Does what is due.
   *
   * @return until when there is nothing to do
   */
  Duration turn() throws InterruptedException {
    notice();
    long now = System.nanoTime();
    if (now - nextTake >= 0 || ours && now - nextPass >= 0) {
      take(now);
    }
    if (ours && now - nextPass >= 0) {
      compare(now);
    }
    long next = ours && nextPass - nextTake < 0 ? nextPass : nextTake;
    Duration idle = Duration.ofNanos(Math.max(0, next - System.nanoTime()));
    return shorter(idle, LOOK_MAX);
  }

  /** Whatever the ledger refused, LiveKit may not send again. */
  private void notice() {
    long refused = sources.ledger().refused();
    if (refused != refusedBefore && ours) {
      long soon = lastPass + SOON.toNanos();
      nextPass = soon - nextPass < 0 ? soon : nextPass;
      refusedBefore = refused;
    }
  }

  /** A lease as long as the interval, renewed twice in it. */
  private void take(long now) throws InterruptedException {
    try {
      Duration others = Waiting.on(() -> sources.turns().take(holder, interval));
      if (!others.isZero()) {
        stepBack(now, shorter(others, interval.dividedBy(2)));
        return;
      }
      if (!ours) {
        LOG.infof("this replica compares calls with LiveKit, every %s", interval);
        ours = true;
        nextPass = now;
        pass.forgetDoubts();
        sources.metrics().takesTurn();
      }
      nextTake = now + interval.dividedBy(2).toNanos();
    } catch (RuntimeException away) {
      if (Thread.currentThread().isInterrupted()) {
        return; // the turn is still ours to give back
      }
      LOG.debugf("the turn cannot be taken: %s", away.getClass().getName());
      stepBack(now, shorter(LOOK_MAX, interval.dividedBy(2)));
    }
  }

  private void stepBack(long now, Duration pause) {
    ours = false;
    nextTake = now + pause.toNanos();
    sources.metrics().standsBy();
  }

  private void compare(long now) throws InterruptedException {
    lastPass = now;
    Result result = result();
    sources.metrics().ended(result);
    if (result == Result.DONE) {
      // The second look comes a grace after the last that the first one had.
      nextPass = pass.doubts() ? System.nanoTime() + grace.toNanos() : now + interval.toNanos();
    } else {
      nextPass = now + shorter(SOON, interval).toNanos();
    }
    last = result;
  }

  private Result result() throws InterruptedException {
    try {
      int written = pass.run();
      if (last == Result.LIVEKIT_AWAY) {
        LOG.info("LiveKit can be listed again");
      }
      if (written > 0) {
        LOG.infof("compared with LiveKit: %d findings that no webhook had told", written);
      }
      return Result.DONE;
    } catch (LiveKitFailure failure) {
      if (last != Result.LIVEKIT_AWAY) {
        LOG.warnf("LiveKit cannot be listed; calls stay as they are: %s", failure.getMessage());
      }
      return Result.LIVEKIT_AWAY;
    } catch (LedgerUnavailable away) {
      return Result.LEDGER_AWAY; // the ledger says so itself
    } catch (RuntimeException failure) {
      if (Thread.currentThread().isInterrupted()) {
        throw new InterruptedException();
      }
      if (last != Result.FAILED) {
        LOG.warnf("a comparison with LiveKit failed: %s", place(failure));
      }
      return Result.FAILED;
    }
  }

  /** Where it broke, and nothing of a message, which may quote what was said. */
  private static String place(Throwable broken) {
    StackTraceElement[] trace = broken.getStackTrace();
    return broken.getClass().getName() + (trace.length == 0 ? "" : " at " + trace[0]);
  }

  /** Lets another replica take over at once. */
  void giveBack() {
    if (ours) {
      Waiting.on(() -> sources.turns().giveBack(holder));
    }
  }
}
