package dev.voiceledger.retention;

import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.util.Map;

/** Raw events are kept for 30 days, calls for ever, and nobody walks unasked. */
public final class RawKept implements QuarkusTestResourceLifecycleManager {
  @Override
  public Map<String, String> start() {
    return Map.of("retention.raw-days", "30", "retention.every", "24h");
  }

  @Override
  public void stop() {
    // There is nothing to stop.
  }
}
