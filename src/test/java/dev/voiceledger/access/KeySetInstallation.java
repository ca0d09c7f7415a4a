package dev.voiceledger.access;

import dev.voiceledger.FreshDatabase;
import dev.voiceledger.TestDatabases;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.util.HashMap;
import java.util.Map;

/** A service that takes user tokens of a provider with a key set, and that provider's double. */
public final class KeySetInstallation implements QuarkusTestResourceLifecycleManager {
  private final KeySetDouble provider = new KeySetDouble();

  @Override
  public Map<String, String> start() {
    Map<String, String> properties = new HashMap<>(TestDatabases.on18().fresh().properties());
    properties.put("jwt.jwks-url", provider.url());
    properties.put("livekit.api-key", FreshDatabase.LIVEKIT_API_KEY);
    properties.put("livekit.api-secret", FreshDatabase.LIVEKIT_API_SECRET);
    return properties;
  }

  @Override
  public void inject(TestInjector injector) {
    injector.injectIntoFields(provider, new TestInjector.MatchesType(KeySetDouble.class));
  }

  @Override
  public void stop() {
    provider.close();
  }
}
