package dev.voiceledger.join;

import io.quarkus.test.junit.QuarkusTestProfile;
import java.util.Map;

/** Users may claim some names only, and pages of one origin may ask. */
public class NarrowRooms implements QuarkusTestProfile {
  static final String ORIGIN = "https://app.example.org";

  @Override
  public Map<String, String> getConfigOverrides() {
    return Map.of(
        "token.rooms", "open-*",
        "quarkus.http.cors.enabled", "true",
        "quarkus.http.cors.origins", ORIGIN);
  }
}
