package dev.voiceledger.operate;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** A replica that has never read the database is the first that must be seen. */
class AgeTest {
  @Test
  void the_age_counts_from_the_start_until_there_is_something() {
    AtomicReference<Instant> now = new AtomicReference<>(Instant.EPOCH);
    InstantSource clock = now::get;
    SimpleMeterRegistry registry = new SimpleMeterRegistry();
    OperationsMetrics metrics = new OperationsMetrics(null, null, null, null, clock, registry);

    now.set(Instant.EPOCH.plusSeconds(121));

    assertEquals(121, registry.get("voiceledger.operations.age.seconds").gauge().value());
    assertEquals(Double.NaN, registry.get("voiceledger.calls.open").gauge().value(), "" + metrics);
  }
}
