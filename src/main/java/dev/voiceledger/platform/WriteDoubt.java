package dev.voiceledger.platform;

import jakarta.enterprise.context.ApplicationScoped;

/**
 * What the ledger knows and readiness should: whether a write was refused because the database has
 * no room or no leave for it, and none was tried with success since. A database that only reads
 * answers every question; one whose disk is full still takes what fits into the pages it has, so
 * that something was written proves nothing.
 */
@ApplicationScoped
public class WriteDoubt {
  private volatile boolean refused;

  /** A trial that wants room was taken. */
  void taken() {
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
