package dev.voiceledger;

import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.util.HashMap;
import java.util.Map;

/**
 * Points the application under test at a fresh database, with secrets that tests know:
 * {@code @QuarkusTest @WithTestResource(FreshDatabase.class)}. For SQL beside the service, a test
 * injects {@link TestDatabase} into a field of its own.
 */
public final class FreshDatabase implements QuarkusTestResourceLifecycleManager {
  public static final String JWT_SECRET = "the-secret-of-user-tokens-in-tests-0123456789";
  public static final String LIVEKIT_API_KEY = "APItestsonly";
  public static final String LIVEKIT_API_SECRET = "the-secret-of-livekit-in-tests-0123456789";

  private TestDatabase database;

  @Override
  public Map<String, String> start() {
    database = TestDatabases.on18().fresh();
    Map<String, String> properties = new HashMap<>(database.properties());
    properties.put("jwt.secret", JWT_SECRET);
    properties.put("livekit.api-key", LIVEKIT_API_KEY);
    properties.put("livekit.api-secret", LIVEKIT_API_SECRET);
    return properties;
  }

  @Override
  public void inject(TestInjector injector) {
    injector.injectIntoFields(database, new TestInjector.MatchesType(TestDatabase.class));
  }

  @Override
  public void stop() {
    // The server goes with the JVM.
  }
}
