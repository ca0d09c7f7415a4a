package dev.voiceledger.operate;

import io.micrometer.core.instrument.MeterRegistry;
import jakarta.enterprise.context.ApplicationScoped;

/** How much of the pool is in use, as the driver counts it for the metrics. */
@ApplicationScoped
class PoolUse {
  private final MeterRegistry registry;

  PoolUse(MeterRegistry registry) {
    this.registry = registry;
  }

  int inUse() {
    return sum("sql.pool.active");
  }

  int waiting() {
    return sum("sql.pool.queue.size");
  }

  private int sum(String gauge) {
    return (int) registry.find(gauge).gauges().stream().mapToDouble(each -> each.value()).sum();
  }
}
