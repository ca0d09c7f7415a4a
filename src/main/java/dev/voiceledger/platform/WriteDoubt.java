package dev.voiceledger.platform;

import jakarta.enterprise.context.ApplicationScoped;

/**
 * What the ledger knows and readiness should: whether the last that was heard of a write is that
 * the database has no room or no leave for it. A database that only reads answers every question.
 */
@ApplicationScoped
public class WriteDoubt {
  private volatile boolean refused;

  /** Something was written. */
  public void taken() {
    refused = false;
  }

  /** Nothing can be written, whatever it says. */
  public void refused() {
    refused = true;
  }

  boolean is() {
    return refused;
  }
}
