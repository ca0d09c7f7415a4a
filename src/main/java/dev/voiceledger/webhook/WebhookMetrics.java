package dev.voiceledger.webhook;

import dev.voiceledger.ledger.LedgerUnavailable.Reason;
import dev.voiceledger.ledger.Outcome;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Locale;

/** {@code voiceledger_webhooks_total{result}}: what became of every webhook that came in. */
@ApplicationScoped
class WebhookMetrics {
  private final MeterRegistry registry;
  private final Counter received;

  WebhookMetrics(MeterRegistry registry) {
    this.registry = registry;
    this.received =
        Counter.builder("voiceledger.webhooks.received")
            .description("Requests to the webhook route, whoever sent them")
            .register(registry);
    for (Outcome outcome : Outcome.values()) {
      result(name(outcome)); // shown as 0 from the start, so that a rate can be taken
    }
    result("refused");
  }

  void received() {
    received.increment();
  }

  void kept(Outcome outcome) {
    result(name(outcome)).increment();
  }

  void refused() {
    result("refused").increment();
  }

  /** Too large, too slow, or too many at once. */
  void unread() {
    result("unread").increment();
  }

  void unavailable(Reason reason) {
    result(reason.name().toLowerCase(Locale.ROOT)).increment();
  }

  private static String name(Outcome outcome) {
    return outcome.name().toLowerCase(Locale.ROOT);
  }

  private Counter result(String result) {
    return Counter.builder("voiceledger.webhooks")
        .description("Webhooks by what became of them")
        .tag("result", result)
        .register(registry);
  }
}
