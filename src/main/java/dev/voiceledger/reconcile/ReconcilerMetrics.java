package dev.voiceledger.reconcile;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.Startup;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Locale;
import java.util.function.Supplier;

/** What the reconciler tells operators. Gauges are those of the replica whose turn it is. */
@Startup
@ApplicationScoped
class ReconcilerMetrics {
  private final MeterRegistry registry;
  private volatile Long lastSuccess;

  /** How a pass ended. */
  enum Result {
    DONE,
    LIVEKIT_AWAY,
    LEDGER_AWAY,
    FAILED
  }

  ReconcilerMetrics(MeterRegistry registry) {
    this.registry = registry;
    for (Result result : Result.values()) {
      passes(result); // shown as 0 from the start, so that a rate can be taken
    }
    gauge(
        "voiceledger.reconciler.last.success.seconds",
        this::sinceLastSuccess,
        "Time since rows and LiveKit were last compared to the end, or since the turn was taken");
  }

  private void gauge(String name, Supplier<Number> value, String description) {
    Gauge.builder(name, value).description(description).register(registry);
  }

  private Double sinceLastSuccess() {
    Long at = lastSuccess;
    return at == null ? null : (System.nanoTime() - at) / 1e9;
  }

  /** From now on somebody waits for a success. */
  void takesTurn() {
    lastSuccess = System.nanoTime();
  }

  void ended(Result result) {
    passes(result).increment();
    if (result == Result.DONE) {
      lastSuccess = System.nanoTime();
    }
  }

  /** Another replica's turn: what this one knew is no longer so. */
  void standsBy() {
    lastSuccess = null;
  }

  void repaired(String what) {
    Counter.builder("voiceledger.reconciler.repairs")
        .description("What webhooks had not told, by what it was")
        .tag("what", what)
        .register(registry)
        .increment();
  }

  private Counter passes(Result result) {
    return Counter.builder("voiceledger.reconciler.passes")
        .description("Comparisons of the rows with LiveKit, by how they ended")
        .tag("result", result.name().toLowerCase(Locale.ROOT))
        .register(registry);
  }
}
