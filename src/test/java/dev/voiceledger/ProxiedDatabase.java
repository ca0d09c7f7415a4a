package dev.voiceledger;

import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.util.HashMap;
import java.util.Map;

/**
 * As {@link FreshDatabase}, but the service reaches its database through a {@link DatabaseProxy},
 * which a test injects into a field of its own.
 */
public final class ProxiedDatabase implements QuarkusTestResourceLifecycleManager {
  private final FreshDatabase fresh = new FreshDatabase();
  private DatabaseProxy proxy;

  @Override
  public Map<String, String> start() {
    Map<String, String> properties = new HashMap<>(fresh.start());
    String url = properties.get("quarkus.datasource.reactive.url");
    int colon = url.lastIndexOf(':');
    int slash = url.indexOf('/', colon);
    proxy = new DatabaseProxy(Integer.parseInt(url.substring(colon + 1, slash)));
    properties.put(
        "quarkus.datasource.reactive.url",
        url.substring(0, colon + 1) + proxy.port() + url.substring(slash));
    return properties;
  }

  @Override
  public void inject(TestInjector injector) {
    fresh.inject(injector);
    injector.injectIntoFields(proxy, new TestInjector.MatchesType(DatabaseProxy.class));
  }

  @Override
  public void stop() {
    proxy.heal();
  }
}
