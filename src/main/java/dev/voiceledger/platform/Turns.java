package dev.voiceledger.platform;

import dev.voiceledger.platform.Problem.Type;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.UniEmitter;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.function.Supplier;

/**
 * So many at a time, the others in the order in which they came: what takes much of something that
 * others need as well.
 */
public final class Turns {
  private static final int WAITING_MAX = 4_096;

  private final Queue<UniEmitter<? super Void>> waiting = new ArrayDeque<>();
  private final String what;
  private int free;

  /**
   * @param what waits, for whoever comes when too many do
   */
  public Turns(int atOnceMax, String what) {
    this.free = atOnceMax;
    this.what = what;
  }

  /** Runs work when it is its turn, where the request was. Fails at once where too many wait. */
  public <T> Uni<T> of(Supplier<Uni<T>> work) {
    Context request = Vertx.currentContext();
    return Uni.createFrom()
        .<Void>emitter(this::come)
        .emitOn(turn -> request.runOnContext(now -> turn.run()))
        .chain(turn -> Uni.createFrom().deferred(() -> work.get()).eventually(this::go));
  }

  private void come(UniEmitter<? super Void> next) {
    boolean now;
    synchronized (this) {
      now = free > 0;
      if (now) {
        free--;
      } else if (waiting.size() < WAITING_MAX) {
        waiting.add(next);
        return;
      }
    }
    if (now) {
      next.complete(null);
    } else {
      next.fail(Type.OVERLOADED.because("too many " + what + " are under way"));
    }
  }

  private void go() {
    UniEmitter<? super Void> next;
    synchronized (this) {
      next = waiting.poll();
      if (next == null) {
        free++;
      }
    }
    if (next != null) {
      next.complete(null);
    }
  }
}
