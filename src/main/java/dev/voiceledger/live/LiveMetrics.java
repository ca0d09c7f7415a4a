package dev.voiceledger.live;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** What the live streams tell operators. */
@ApplicationScoped
class LiveMetrics {
  private static final double MICROS = 1_000_000;

  private final MeterRegistry registry;
  private final Timer lag;

  LiveMetrics(MeterRegistry registry) {
    this.registry = registry;
    this.lag =
        Timer.builder("voiceledger.live.lag")
            .description("From the writing of a change to its readers")
            .publishPercentiles(0.5, 0.99)
            .register(registry);
    for (End why : End.values()) {
      counter(why); // shown as 0 from the start, so that a rate can be taken
    }
  }

  void readers(Supplier<Number> readers) {
    Gauge.builder("voiceledger.live.readers", readers)
        .description("Streams that are open")
        .register(registry);
  }

  void told(double lagSeconds) {
    lag.record(Math.round(lagSeconds * MICROS), TimeUnit.MICROSECONDS);
  }

  void ended(End why) {
    counter(why).increment();
  }

  private Counter counter(End why) {
    return Counter.builder("voiceledger.live.dropped")
        .description("Streams that the service ended")
        .tag("why", why.label())
        .register(registry);
  }
}
