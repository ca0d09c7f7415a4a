package dev.voiceledger;

import dev.voiceledger.start.Start;
import io.quarkus.runtime.annotations.QuarkusMain;

/** The system of record for LiveKit voice calls. */
@QuarkusMain
public class Voiceledger {
  /** Runs the service; with {@code token …} prints a token to try things with, and ends. */
  public static void main(String... args) {
    Start.run(args);
  }
}
