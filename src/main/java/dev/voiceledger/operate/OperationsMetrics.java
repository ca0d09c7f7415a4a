package dev.voiceledger.operate;

import dev.voiceledger.operate.Operations.OpenCall;
import dev.voiceledger.operate.Operations.Table;
import dev.voiceledger.platform.Database;
import dev.voiceledger.platform.LiveKitKeys;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.MultiGauge.Row;
import io.micrometer.core.instrument.Tags;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.Startup;
import io.quarkus.scheduler.Scheduled;
import io.quarkus.scheduler.Scheduled.ConcurrentExecution;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The same as the route shows, for alarms. Asked every 15 s; ages grow in between, so that an age
 * tells the truth while the database is away, and {@code voiceledger_operations_age_seconds} tells
 * how old the rest is. Every replica shows the same of the database: take the greatest, not the
 * sum.
 */
@Startup
@ApplicationScoped
class OperationsMetrics {
  private final Database database;
  private final OperationsStore store;
  private final SizesStore sizes;
  private final LiveKitKeys keys;
  private final InstantSource clock;
  private final MultiGauge heard;
  private final MultiGauge tables;
  private final MeterRegistry registry;
  private final List<Meter> gauges = new ArrayList<>();
  private volatile Facts last;
  private volatile Instant lastAt;

  OperationsMetrics(
      Database database,
      OperationsStore store,
      SizesStore sizes,
      LiveKitKeys keys,
      InstantSource clock,
      MeterRegistry registry) {
    this.database = database;
    this.store = store;
    this.sizes = sizes;
    this.keys = keys;
    this.clock = clock;
    this.registry = registry;
    this.heard =
        MultiGauge.builder("voiceledger.webhook.key.last.heard.seconds")
            .description("Unix time at which a key last signed a webhook; 0: never")
            .register(registry);
    this.tables =
        MultiGauge.builder("voiceledger.table.bytes")
            .description("Size of a table with its indexes")
            .register(registry);
    this.lastAt = clock.instant();
    register();
  }

  /** One that is begun in the same process would be shown these figures for its own. */
  void stop(@Observes ShutdownEvent event) {
    gauges.forEach(registry::remove);
  }

  /** The age is there from the start: who never reads the database is to be seen too. */
  private void register() {
    gauge("operations.age.seconds", () -> age(lastAt));
    Map<String, Function<Facts, Number>> values =
        Map.of(
            "webhook.events.failed", known -> known.failed().count(),
            "webhook.events.oldest.age.seconds", known -> age(known.oldest().event()),
            "calls.open", known -> known.calls().open(),
            "calls.settling", known -> known.calls().settling(),
            "calls.open.oldest.seconds", known -> age(since(known.calls().oldestOpen())),
            "calls.oldest.ended.age.seconds", known -> age(known.oldest().call()));
    values.forEach(
        (name, value) -> gauge(name, () -> last == null ? Double.NaN : value.apply(last)));
  }

  private static Instant since(OpenCall oldest) {
    return oldest == null ? null : Instant.parse(oldest.startedAt());
  }

  private void gauge(String name, Supplier<Number> value) {
    gauges.add(
        Gauge.builder("voiceledger." + name, value)
            .description("See docs/operations.md")
            .register(registry));
  }

  private double age(Instant since) {
    return since == null ? 0 : Duration.between(since, clock.instant()).toMillis() / 1000.0;
  }

  /** Where it fails, the age of what is shown grows: that is what tells of it. */
  @Scheduled(every = "15s", concurrentExecution = ConcurrentExecution.SKIP)
  Uni<Void> refresh() {
    return database
        .asJob(store::facts)
        .chain(facts -> sizes.tables().invoke(measured -> show(facts, measured)))
        .replaceWithVoid()
        .onFailure()
        .recoverWithNull();
  }

  private void show(Facts facts, List<Table> measured) {
    lastAt = clock.instant();
    last = facts;
    heard.register(
        keys.names().stream()
            .map(key -> Row.of(Tags.of("key", key), seconds(facts.heard().get(key))))
            .toList(),
        true);
    tables.register(
        measured.stream()
            .filter(table -> table.bytes() != null)
            .map(table -> Row.of(Tags.of("table", table.name()), table.bytes()))
            .toList(),
        true);
  }

  private static double seconds(Instant at) {
    return at == null ? 0 : at.toEpochMilli() / 1000.0;
  }
}
