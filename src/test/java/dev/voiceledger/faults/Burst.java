package dev.voiceledger.faults;

import dev.voiceledger.load.Load;
import dev.voiceledger.load.Shot;
import dev.voiceledger.load.Shot.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** The same request so many times, all at one moment, and every answer by itself. */
final class Burst implements Load.Source {
  private final byte[] request;
  private final int count;
  private final long dueNanos = System.nanoTime();
  private final List<Answer> answers = new ArrayList<>();
  private int sent;

  /**
   * @param ms from the moment when all were due to the answer's end
   */
  record Answer(int status, double ms) {}

  Burst(byte[] request, int count) {
    this.request = request;
    this.count = count;
  }

  @Override
  public Shot next(long nowNanos) {
    if (sent == count) {
      return null;
    }
    sent++;
    return new Shot(Kind.READ, request, null, dueNanos, 1);
  }

  @Override
  public void answered(Shot shot, int status, long nanos) {
    answers.add(new Answer(status, nanos / 1e6));
  }

  @Override
  public boolean isOver(long nowNanos) {
    return answers.size() == count;
  }

  List<Answer> answers() {
    return answers;
  }

  int count(Predicate<Answer> which) {
    return (int) answers.stream().filter(which).count();
  }

  /** Milliseconds within which this share of those was answered; 0 where there are none. */
  double ms(Predicate<Answer> which, double share) {
    double[] times = answers.stream().filter(which).mapToDouble(Answer::ms).sorted().toArray();
    return times.length == 0 ? 0 : times[(int) Math.min(times.length - 1, times.length * share)];
  }
}
