package dev.voiceledger.faults;

import dev.voiceledger.load.Load;
import dev.voiceledger.load.Shot;
import dev.voiceledger.load.Shot.Kind;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.concurrent.TimeUnit;

/** Requests that are to be taken, each brought again until it is. */
final class Drain implements Load.Source {
  private static final int TRIES_MAX = 30;
  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

  private final Queue<Shot> left = new PriorityQueue<>(Comparator.comparingLong(Shot::dueNanos));
  private int underWay;
  private int refused;

  Drain(List<byte[]> requests) {
    long now = System.nanoTime();
    requests.forEach(each -> left.add(new Shot(Kind.POST, each, null, now, 1)));
  }

  @Override
  public Shot next(long nowNanos) {
    if (left.isEmpty() || left.peek().dueNanos() > nowNanos) {
      return null;
    }
    underWay++;
    return left.poll();
  }

  @Override
  public void answered(Shot shot, int status, long nanos) {
    underWay--;
    if (status / 100 != 2 && shot.tries() < TRIES_MAX) {
      left.add(shot.again(System.nanoTime() + PAUSE_NANOS));
    } else if (status / 100 != 2) {
      refused++;
    }
  }

  @Override
  public boolean isOver(long nowNanos) {
    return left.isEmpty() && underWay == 0;
  }

  /** What was never taken. */
  int refused() {
    return refused;
  }
}
