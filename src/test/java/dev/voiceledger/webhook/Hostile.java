package dev.voiceledger.webhook;

import io.quarkus.test.junit.QuarkusTestProfile;
import java.util.Map;
import java.util.Set;

/** A service of its own for strangers to attack: with several keys, and a clock to be moved. */
public class Hostile implements QuarkusTestProfile {
  static final String SECOND_KEY = "APIsecond";
  static final String SECOND_SECRET = "the-second-secret-of-livekit-in-tests-0123456789";
  static final String THIRD_KEY = "APIthird";
  static final String THIRD_SECRET = "the-third-secret-of-livekit-in-tests-0123456789";

  @Override
  public Map<String, String> getConfigOverrides() {
    return Map.of(
        "quarkus.scheduler.enabled",
        "false", // its statements are not the attackers'
        "livekit.keys",
        SECOND_KEY + ": " + SECOND_SECRET + ", " + THIRD_KEY + ":" + THIRD_SECRET);
  }

  @Override
  public Set<Class<?>> getEnabledAlternatives() {
    return Set.of(TestClock.class);
  }
}
