package dev.voiceledger.ledger;

import dev.voiceledger.platform.WriteDoubt;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** What the ledger tells operators, and their probes. */
@ApplicationScoped
class LedgerMetrics {
  private final MeterRegistry registry;
  private final WriteDoubt doubt;
  private final DistributionSummary groupSize;
  private final Timer commit;

  LedgerMetrics(MeterRegistry registry, WriteDoubt doubt) {
    this.registry = registry;
    this.doubt = doubt;
    this.groupSize =
        DistributionSummary.builder("voiceledger.ledger.group.size")
            .description("Entries committed together")
            .publishPercentiles(0.5, 0.99)
            .register(registry);
    this.commit =
        Timer.builder("voiceledger.ledger.commit")
            .description("From a group's first statement to its commit")
            .publishPercentiles(0.5, 0.99)
            .register(registry);
    Failure.labels().forEach(this::groupsFailed); // as 0 from the start: a rate can be taken
  }

  void queueDepth(Supplier<Number> depth) {
    Gauge.builder("voiceledger.ledger.queue.depth", depth)
        .description("Entries that wait for their group")
        .register(registry);
  }

  void committed(int entries, long nanos) {
    groupSize.record(entries);
    commit.record(nanos, TimeUnit.NANOSECONDS);
  }

  void failedGroup(Throwable failure) {
    groupsFailed(Failure.label(failure)).increment();
    if (Failure.isOfAllWrites(failure)) {
      doubt.refused();
    }
  }

  private Counter groupsFailed(String why) {
    return Counter.builder("voiceledger.ledger.groups.failed")
        .description("Groups that had to be tried again or split")
        .tag("why", why)
        .register(registry);
  }
}
