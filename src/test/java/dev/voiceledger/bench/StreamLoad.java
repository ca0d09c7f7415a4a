package dev.voiceledger.bench;

import dev.voiceledger.bench.CallStream.Item;
import dev.voiceledger.load.Load;
import dev.voiceledger.load.Phase;
import dev.voiceledger.load.Shot;
import java.util.ArrayList;
import java.util.List;

/**
 * Sends a stream: during the phase as its cell says, and then, beyond what is counted, what is left
 * of the waves under way, so that every call that was begun is whole.
 */
final class StreamLoad implements Load.Source {
  private final List<List<Item>> waves;
  private final Phase phase;
  private final Phase rest = new Phase(0, Double.MAX_VALUE / 1e10);
  private final Runnable over;
  private final List<Shot> refused = new ArrayList<>();
  private int wave;
  private int place;
  private int underWay;
  private long sent;
  private boolean ended;

  /**
   * @param over told once, when the phase is
   */
  StreamLoad(List<List<Item>> waves, Phase phase, Runnable over) {
    this.waves = waves;
    this.phase = phase;
    this.over = over;
    phase.begin(System.nanoTime());
  }

  @Override
  public Shot next(long nowNanos) {
    if (!ended && nowNanos >= phase.endNanos()) {
      end();
    }
    if (ended && place == 0 || wave == waves.size()) {
      return null;
    }
    long due = nowNanos;
    if (!ended && phase.perSecond > 0) {
      due = phase.beginNanos() + (long) (sent * 1e9 / phase.perSecond);
      if (due > nowNanos) {
        return null;
      }
    }
    sent++;
    underWay++;
    Item item = take();
    return new Shot(item.kind(), item.request(), ended ? rest : phase, due, 1);
  }

  private Item take() {
    Item item = waves.get(wave).get(place++);
    if (place == waves.get(wave).size()) {
      wave++;
      place = 0;
    }
    return item;
  }

  private void end() {
    ended = true;
    over.run();
  }

  @Override
  public void answered(Shot shot, int status, long nanos) {
    underWay--;
    shot.phase().add(shot.kind(), status, nanos);
    if (status / 100 != 2) {
      refused.add(shot);
    }
  }

  @Override
  public boolean isOver(long nowNanos) {
    if (!ended && wave == waves.size() && underWay == 0) {
      phase.end(); // faster than was thought
      end();
    }
    return ended && underWay == 0 && (place == 0 || wave == waves.size());
  }

  /** Waves that were sent whole; no other was begun. */
  int waves() {
    return wave;
  }

  /** Whoever is measured has to take everything. */
  List<Shot> refused() {
    return refused;
  }
}
