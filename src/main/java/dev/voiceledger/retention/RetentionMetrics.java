package dev.voiceledger.retention;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.quarkus.runtime.Startup;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** What was forgotten, by table, and how it went. Each table is shown from the start, as 0. */
@Startup
@ApplicationScoped
class RetentionMetrics {
  private static final String EVENTS = "webhook_events";
  private static final String CALLS = "voice_calls";

  private final MeterRegistry registry;
  private final Timer step;

  RetentionMetrics(MeterRegistry registry) {
    this.registry = registry;
    this.step =
        Timer.builder("voiceledger.retention.step")
            .description("One step of retention, its transaction, without the rest after it")
            .publishPercentiles(0.5, 0.99)
            .register(registry);
    List.of(EVENTS, CALLS, "voice_messages", "call_participants", "call_recordings", "call_usage")
        .forEach(this::removed);
    List.of(EVENTS, CALLS).forEach(this::failures);
  }

  void step(long nanos) {
    step.record(nanos, TimeUnit.NANOSECONDS);
  }

  void forgotten(int events) {
    removed(EVENTS).increment(events);
  }

  /**
   * @param rows how many by table
   */
  void erased(Map<String, Long> rows) {
    rows.forEach((table, count) -> removed(table).increment(count));
  }

  void failed(String table) {
    failures(table).increment();
  }

  private Counter removed(String table) {
    return Counter.builder("voiceledger.retention.removed")
        .description("Rows that retention removed, by table")
        .tag("table", table)
        .register(registry);
  }

  private Counter failures(String table) {
    return Counter.builder("voiceledger.retention.failures")
        .description("Steps of retention that failed; the next walk tries again")
        .tag("table", table)
        .register(registry);
  }
}
