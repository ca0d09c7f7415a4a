package dev.voiceledger.retention;

import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.util.Map;

/**
 * Raw events are kept for 30 days and calls for 90, and nobody walks unasked: {@code
 * WithTestResource(CallsKept.class)}.
 */
public final class CallsKept implements QuarkusTestResourceLifecycleManager {
  public static final int RAW_DAYS = 30;
  public static final int CALLS_DAYS = 90;

  @Override
  public Map<String, String> start() {
    return Map.of(
        "retention.raw-days", "" + RAW_DAYS,
        "retention.calls-days", "" + CALLS_DAYS,
        "retention.every", "24h");
  }

  @Override
  public void stop() {
    // There is nothing to stop.
  }
}
