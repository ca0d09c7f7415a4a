package dev.voiceledger.faults;

import dev.voiceledger.load.Load;
import dev.voiceledger.load.Phase;
import dev.voiceledger.load.Shot;
import dev.voiceledger.load.Shot.Kind;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Requests of several kinds in a fixed rhythm, phase after phase. What LiveKit's server would send
 * again is sent again as it does: after 1, 2, 4 and 8 s, then it is lost. Who posts messages may be
 * patient, which is to come again after a second until it is taken.
 */
final class Blend implements Load.Source {
  private static final int LIVEKIT_TRIES = 5;
  private static final int PATIENT_TRIES = 60;
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  private final Map<Kind, Supplier<byte[]>> requests;
  private final List<Kind> rhythm;
  private final Set<Kind> patient;
  private final Deque<Phase> phases;
  private final Queue<Shot> again = new PriorityQueue<>(Comparator.comparingLong(Shot::dueNanos));
  private final List<Shot> lost = new ArrayList<>();
  private int underWay;
  private int sentAgain;
  private long sent;

  /**
   * @param requests by kind; null where there is none at the moment
   * @param rhythm the kinds in the order in which they come, again and again
   * @param patient the kinds besides webhooks that come again
   */
  Blend(
      Map<Kind, Supplier<byte[]>> requests,
      List<Kind> rhythm,
      Set<Kind> patient,
      List<Phase> phases) {
    this.requests = requests;
    this.rhythm = rhythm;
    this.patient = patient;
    this.phases = new ArrayDeque<>(phases);
    this.phases.getFirst().begin(System.nanoTime());
  }

  @Override
  public Shot next(long nowNanos) {
    if (!again.isEmpty() && again.peek().dueNanos() <= nowNanos) {
      underWay++;
      return again.poll();
    }
    Phase phase = phase(nowNanos);
    if (phase == null) {
      return null;
    }
    boolean closed = phase.perSecond == 0;
    long due = closed ? nowNanos : phase.beginNanos() + (long) (sent * 1e9 / phase.perSecond);
    if (due > nowNanos) {
      return null;
    }
    Kind kind = rhythm.get((int) (sent % rhythm.size()));
    byte[] request = requests.get(kind).get();
    if (request == null) {
      return null;
    }
    sent++;
    underWay++;
    return new Shot(kind, request, phase, due, 1);
  }

  /** The one that this moment belongs to; null when all are over. */
  private Phase phase(long nowNanos) {
    while (!phases.isEmpty() && nowNanos >= phases.getFirst().endNanos()) {
      long end = phases.removeFirst().endNanos();
      sent = 0;
      if (!phases.isEmpty()) {
        phases.getFirst().begin(end);
      }
    }
    return phases.peekFirst();
  }

  @Override
  public void answered(Shot shot, int status, long nanos) {
    underWay--;
    shot.phase().add(shot.kind(), status, nanos);
    boolean come = status == 0 || status == 429 || status >= 500;
    if (!come) {
      return;
    }
    if (shot.tries() < tries(shot.kind())) {
      long wait = shot.kind() == Kind.WEBHOOK ? SECOND << shot.tries() - 1 : SECOND;
      sentAgain++;
      again.add(shot.again(System.nanoTime() + wait));
    } else if (tries(shot.kind()) > 1) {
      lost.add(shot);
    }
  }

  private int tries(Kind kind) {
    return kind == Kind.WEBHOOK ? LIVEKIT_TRIES : patient.contains(kind) ? PATIENT_TRIES : 1;
  }

  @Override
  public boolean isOver(long nowNanos) {
    return phase(nowNanos) == null && again.isEmpty() && underWay == 0;
  }

  /** What was given up, though it was sent as often as its sender has patience. */
  List<Shot> lost() {
    return lost;
  }

  int sentAgain() {
    return sentAgain;
  }
}
