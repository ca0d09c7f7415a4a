package dev.voiceledger.platform;

import dev.voiceledger.platform.Problem.Type;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.UniEmitter;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/**
 * So many at a time, the others in the order in which they came: what takes much of something that
 * others need as well. Work that yields comes after all that does not. A turn is given back once,
 * however its work ends, and also where nobody waits for it any more when it comes.
 */
public final class Turns {
  private static final int WAITING_MAX = 4_096;
  private static final int EACH_WAITING_MAX = 32;

  /** Every so many turns what yields comes first, so that it comes at all. */
  private static final int YIELDING_EACH = 8;

  private final Set<Turn> waiting = new LinkedHashSet<>();
  private final Set<Turn> yielding = new LinkedHashSet<>();

  /** How many turns each of those has who are named. */
  private final Map<String, Integer> ofEach = new HashMap<>();

  private final int atOnceMax;
  private final int waitingMax;
  private final long waitMsMax;
  private final Supplier<Throwable> tooMany;
  private final Supplier<Throwable> tooLate;
  private int underWay;
  private int called;

  /**
   * @param what waits, for whoever comes when too many do
   */
  public Turns(int atOnceMax, String what) {
    this(
        atOnceMax,
        WAITING_MAX,
        0,
        () -> Type.OVERLOADED.because("too many " + what + " are under way"),
        TimeoutException::new);
  }

  /**
   * @param waitingMax how many wait
   * @param waitMsMax how long anybody waits, in milliseconds; 0 for as long as it takes
   * @param tooMany for whoever comes when so many wait
   * @param tooLate for whoever has waited so long
   */
  public Turns(
      int atOnceMax,
      int waitingMax,
      long waitMsMax,
      Supplier<Throwable> tooMany,
      Supplier<Throwable> tooLate) {
    this.atOnceMax = atOnceMax;
    this.waitingMax = waitingMax;
    this.waitMsMax = waitMsMax;
    this.tooMany = tooMany;
    this.tooLate = tooLate;
  }

  /** Runs work when it is its turn, where the request was. Fails where it does not come to it. */
  public <T> Uni<T> of(Supplier<Uni<T>> work) {
    return of(Vertx.currentContext(), work);
  }

  /** The same on a context that is named, for those who may come from none. */
  public <T> Uni<T> of(Context request, Supplier<Uni<T>> work) {
    return of(request, false, null, work);
  }

  /**
   * The same of work that may have to let others pass.
   *
   * @param yields whether it does
   * @param who wants it done, and gets half of all turns at most; null for anybody
   */
  <T> Uni<T> of(Context request, boolean yields, String who, Supplier<Uni<T>> work) {
    return Uni.createFrom()
        .deferred(() -> {
          Turn turn = new Turn(request, yields ? yielding : waiting, who);
          return turn.come().chain(now -> work.get()).onTermination().invoke(turn::over);
        });
  }

  synchronized int underWay() {
    return underWay;
  }

  synchronized int waiting() {
    return waiting.size() + yielding.size();
  }

  private enum At {
    WAITING,
    UNDER_WAY,
    OVER
  }

  /** Of one piece of work; where it stands is changed under the lock of all. */
  private final class Turn {
    private static final long NO_TIMER = -1;

    private final Context request;
    private final Set<Turn> queue;
    private final String who;
    private At at = At.WAITING;
    private UniEmitter<? super Void> emitter;
    private long timer = NO_TIMER;

    private Turn(Context request, Set<Turn> queue, String who) {
      this.request = request;
      this.queue = queue;
      this.who = who;
    }

    /** Those that yield take no room from the others, and none of them all of it. */
    private boolean isRoom() {
      return queue == waiting
          ? waiting.size() < waitingMax
          : waiting() < waitingMax && (who == null || waitsOften() < EACH_WAITING_MAX);
    }

    private long waitsOften() {
      return queue.stream().filter(turn -> who.equals(turn.who)).count();
    }

    private boolean fits() {
      return underWay < atOnceMax
          && (who == null || ofEach.getOrDefault(who, 0) < Math.max(1, atOnceMax / 2));
    }

    private void begin() {
      underWay++;
      at = At.UNDER_WAY;
      if (who != null) {
        ofEach.merge(who, 1, Integer::sum);
      }
    }

    private void end() {
      underWay--;
      if (who != null) {
        ofEach.computeIfPresent(who, (name, count) -> count == 1 ? null : count - 1);
      }
    }

    private Uni<Void> come() {
      synchronized (Turns.this) {
        if (fits()) {
          begin();
          return Uni.createFrom().voidItem();
        }
      }
      return Uni.createFrom()
          .<Void>emitter(this::join)
          .emitOn(turn -> request.runOnContext(now -> turn.run()));
    }

    private void join(UniEmitter<? super Void> mine) {
      boolean fits;
      synchronized (Turns.this) {
        emitter = mine;
        fits = isRoom();
        if (fits) {
          queue.add(this);
          if (waitMsMax > 0) {
            timer = request.owner().setTimer(waitMsMax, late -> giveUp());
          }
        } else {
          at = At.OVER;
        }
      }
      if (fits) {
        callNext(); // a turn may have ended between the two looks
      } else {
        mine.fail(tooMany.get());
      }
    }

    private void giveUp() {
      synchronized (Turns.this) {
        if (!queue.remove(this)) {
          return; // called in the same moment
        }
        at = At.OVER;
      }
      emitter.fail(tooLate.get());
    }

    private void over() {
      synchronized (Turns.this) {
        if (at == At.UNDER_WAY) {
          end();
        }
        queue.remove(this);
        at = At.OVER;
        cancelTimer();
      }
      callNext();
    }

    private void cancelTimer() {
      if (timer != NO_TIMER) {
        request.owner().cancelTimer(timer);
        timer = NO_TIMER;
      }
    }
  }

  private static Optional<Turn> first(Set<Turn> queue) {
    return queue.stream().filter(Turn::fits).findFirst();
  }

  private void callNext() {
    Turn next;
    synchronized (this) {
      boolean turned = (called + 1) % YIELDING_EACH == 0;
      next =
          first(turned ? yielding : waiting)
              .or(() -> first(turned ? waiting : yielding))
              .orElse(null);
      if (next == null) {
        return;
      }
      called++;
      next.queue.remove(next);
      next.cancelTimer();
      next.begin();
    }
    next.emitter.complete(null);
  }
}
