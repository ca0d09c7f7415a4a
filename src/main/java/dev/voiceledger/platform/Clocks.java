package dev.voiceledger.platform;

import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.InstantSource;

/** The service's clock, so that a test can bring another. */
class Clocks {
  @Produces
  @Singleton
  InstantSource clock() {
    return InstantSource.system();
  }
}
