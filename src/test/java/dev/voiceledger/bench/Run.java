package dev.voiceledger.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.voiceledger.bench.CallStream.Item;
import dev.voiceledger.bench.Meter.Used;
import dev.voiceledger.load.Load;
import dev.voiceledger.load.Phase;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** One subject from its start on a fresh database to the check of all its rows. */
final class Run {
  private static final Cell WARM_UP = new Cell(32, 0);

  /** Quiet is who uses less than a twentieth of a processor for a second. */
  private static final double QUIET_MICROS = 50_000;

  private static final int QUIET_SECONDS_MAX = 120;
  private static final int SPARE_WAVES = 3;

  private final Subject subject;
  private final Subject.Kind kind;
  private final int seconds;
  private final CallStream stream;
  private final String rooms;
  private final Meter meter;
  private final List<Figures> figures = new ArrayList<>();
  private int waves;

  private Run(Subject.Kind kind, Subject subject, int seconds, int round) throws Exception {
    this.kind = kind;
    this.subject = subject;
    this.seconds = seconds;
    String prefix = "b" + round;
    this.rooms = "RM_" + prefix + "_";
    this.stream = new CallStream(prefix, Subject.SERVICE_TOKEN);
    this.meter = new Meter(subject.database(), subject.pid());
  }

  /**
   * What a subject showed.
   *
   * @param cells in their order
   * @param microsAnEvent processor time of all cells, and of what was left to do after them
   * @param peakMib the most memory that its process held
   * @param wrong what its rows got wrong, in words; empty where nothing
   */
  record Shown(
      Subject.Kind kind,
      List<Figures> cells,
      double microsAnEvent,
      double startSeconds,
      double peakMib,
      String wrong) {}

  static Shown of(Subject.Kind kind, Subject subject, Plan plan, int round) throws Exception {
    return new Run(kind, subject, plan.seconds(), round).run(plan);
  }

  private Shown run(Plan plan) throws Exception {
    for (int left = plan.warmUpSeconds(); left > 0; left -= seconds) {
      cell(WARM_UP, Math.min(left, seconds));
    }
    quiet();
    int before = waves;
    Used begin = meter.used();
    for (Cell cell : plan.cells()) {
      figures.add(cell(cell, seconds));
      TimeUnit.MILLISECONDS.sleep(200);
    }
    finish();
    quiet();
    double events = (double) (waves - before) * CallStream.REQUESTS_A_WAVE;
    double micros = meter.used().since(begin).micros() / events;
    double peak = Meter.peakMib(subject.pid());
    String wrong = subject.check(rooms, stream.calls());
    return new Shown(kind, figures, micros, subject.startSeconds(), peak, wrong);
  }

  private Figures cell(Cell cell, int seconds) throws Exception {
    int count = cell.perSecondMax() * seconds / CallStream.REQUESTS_A_WAVE + SPARE_WAVES;
    List<List<Item>> some = stream.waves(count);
    subject.database().asSuperuser("checkpoint");
    Phase phase = new Phase(cell.perSecond(), seconds);
    Used before = meter.used();
    List<Used> after = new ArrayList<>();
    StreamLoad source = new StreamLoad(some, phase, () -> after.add(meter.used()));
    try (Load load = new Load(subject.base(), cell.connections())) {
      load.run(source);
    }
    assertEquals(List.of(), source.refused(), "all is taken");
    stream.giveBack(count - source.waves());
    waves += source.waves();
    return Figures.of(cell, phase, after.getFirst().since(before));
  }

  /** The last wave's second half. */
  private void finish() throws Exception {
    Phase phase = new Phase(0, 60);
    StreamLoad source = new StreamLoad(List.of(stream.last()), phase, () -> {});
    try (Load load = new Load(subject.base(), WARM_UP.connections())) {
      load.run(source);
    }
    assertEquals(List.of(), source.refused(), "all is taken");
  }

  /** What was put off belongs to those who put it off. */
  private void quiet() throws InterruptedException {
    Used last = meter.used();
    for (int i = 0; i < QUIET_SECONDS_MAX; i++) {
      TimeUnit.SECONDS.sleep(1);
      Used now = meter.used();
      if (now.since(last).micros() < QUIET_MICROS) {
        return;
      }
      last = now;
    }
    throw new IllegalStateException("still at work after " + QUIET_SECONDS_MAX + " s");
  }
}
