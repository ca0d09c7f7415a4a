package dev.voiceledger.access;

import dev.voiceledger.webhook.TestClock;
import io.quarkus.test.junit.QuarkusTestProfile;
import java.util.Set;

/** A service of its own whose clock a test moves. */
public class MovedClock implements QuarkusTestProfile {
  @Override
  public Set<Class<?>> getEnabledAlternatives() {
    return Set.of(TestClock.class);
  }
}
