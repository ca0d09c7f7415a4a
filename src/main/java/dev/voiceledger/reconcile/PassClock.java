package dev.voiceledger.reconcile;

import java.time.Duration;
import java.time.Instant;

/** The database's clock, carried on from where a pass began, and how long the pass may take. */
final class PassClock {
  private final Instant began;
  private final long beganNanos = System.nanoTime();
  private final Duration budget;

  PassClock(Instant began, Duration budget) {
    this.began = began;
    this.budget = budget;
  }

  Instant now() {
    return began.plusMillis((System.nanoTime() - beganNanos) / 1_000_000);
  }

  boolean hasTime() {
    return System.nanoTime() - beganNanos < budget.toNanos();
  }
}
