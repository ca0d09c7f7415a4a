package dev.voiceledger.retention;

import jakarta.enterprise.context.ApplicationScoped;
import java.util.OptionalInt;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** How many days things are kept; empty is for ever. Read at the start, which refuses nonsense. */
@ApplicationScoped
public class Kept {
  private static final String DAYS_RAW = "30";
  private static final String FOR_EVER = "forever";

  private final OptionalInt rawDays;
  private final OptionalInt callsDays;

  Kept(
      @ConfigProperty(name = "retention.raw-days", defaultValue = DAYS_RAW) String rawDays,
      @ConfigProperty(name = "retention.calls-days", defaultValue = FOR_EVER) String callsDays) {
    this.rawDays = days(rawDays);
    this.callsDays = days(callsDays);
  }

  private static OptionalInt days(String written) {
    return written.equals(FOR_EVER)
        ? OptionalInt.empty()
        : OptionalInt.of(Integer.parseInt(written));
  }

  /** Raw events that were applied or ignored, from when they were received. */
  public OptionalInt rawDays() {
    return rawDays;
  }

  /**
   * Raw events that failed: they may be replayed for as long as a call of their age would be kept,
   * and not shorter than the others.
   */
  public OptionalInt failedDays() {
    return callsDays.isEmpty() || rawDays.isEmpty()
        ? OptionalInt.empty()
        : OptionalInt.of(Math.max(rawDays.getAsInt(), callsDays.getAsInt()));
  }

  /** Calls, from when they ended. */
  public OptionalInt callsDays() {
    return callsDays;
  }
}
