package dev.voiceledger.webhook;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Alternative;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** The system's clock until a test moves it; only where a profile asks for it. */
@Alternative
@ApplicationScoped
public class TestClock implements InstantSource {
  private volatile Duration ahead = Duration.ZERO;

  @Override
  public Instant instant() {
    return InstantSource.system().instant().plus(ahead);
  }

  public void ahead(Duration ahead) {
    this.ahead = ahead;
  }
}
