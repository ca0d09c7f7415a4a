package dev.voiceledger.start;

import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.QuarkusApplication;

/** Greets whoever started it, once the service listens, and then waits for the end. */
public class Service implements QuarkusApplication {
  @Override
  public int run(String... words) {
    Greeting.print();
    Quarkus.waitForExit();
    return 0;
  }
}
