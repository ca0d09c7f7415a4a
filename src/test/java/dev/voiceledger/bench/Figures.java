package dev.voiceledger.bench;

import dev.voiceledger.bench.Meter.Used;
import dev.voiceledger.load.Phase;

/**
 * What one cell showed.
 *
 * @param perSecond events that were acknowledged within it
 * @param p50Ms from when each was due to the end of its answer; webhooks and messages together
 * @param serverMicros processor time an event, {@code postgresMicros} that of PostgreSQL
 */
record Figures(
    Cell cell,
    double perSecond,
    double p50Ms,
    double p99Ms,
    double p999Ms,
    double serverMicros,
    double postgresMicros,
    double walBytes) {

  static Figures of(Cell cell, Phase phase, Used used) {
    double events = phase.goodPerSecond() * phase.seconds();
    return new Figures(
        cell,
        phase.goodPerSecond(),
        phase.goodMs(0.5),
        phase.goodMs(0.99),
        phase.goodMs(0.999),
        used.serverMicros() / events,
        used.postgresMicros() / events,
        used.walBytes() / events);
  }

  double micros() {
    return serverMicros + postgresMicros;
  }
}
