package dev.voiceledger.access;

import io.quarkus.test.junit.QuarkusTestProfile;
import java.util.Map;

/** A service that takes webhooks under a second key, and a secret for services. */
public class SecondKey implements QuarkusTestProfile {
  static final String KEY = "APIsecond";
  static final String SECRET = "the-second-secret-of-livekit-in-tests-0123456789";
  static final String SERVICE_TOKEN = "a-service-token-of-tests-0123456789-0123456789";

  @Override
  public Map<String, String> getConfigOverrides() {
    return Map.of(
        "livekit.keys",
        KEY + ": " + SECRET,
        "service.tokens",
        "another-token-of-tests-0123456789-0123456789, " + SERVICE_TOKEN);
  }
}
