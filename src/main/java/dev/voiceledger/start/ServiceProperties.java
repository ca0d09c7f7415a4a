package dev.voiceledger.start;

import java.util.Map;
import java.util.TreeMap;

/**
 * What Quarkus is told of the environment, in its own keys. All of it is told, what is unset as
 * empty: Quarkus looks into the environment itself, where values stand with their blanks and line
 * ends, and two readers of one variable must not read two things.
 */
final class ServiceProperties {
  private static final String DATA = "voiceledger.data";
  private static final Map<String, String> OPTIONAL =
      Map.of(
          "livekit.keys", "LIVEKIT_KEYS",
          "jwt.secret", "JWT_SECRET",
          "jwt.jwks-url", "JWT_JWKS_URL",
          "jwt.issuer", "JWT_ISSUER",
          "jwt.audience", "JWT_AUDIENCE",
          "service.tokens", "SERVICE_TOKENS");

  private final Map<String, String> properties = new TreeMap<>();

  ServiceProperties(Settings settings, DataDirectory data) {
    put("quarkus.http.host", settings.host());
    put("quarkus.http.port", Integer.toString(settings.port()));
    settings
        .get("CORS_ORIGINS")
        .ifPresent(origins -> {
          put("quarkus.http.cors.enabled", "true");
          put("quarkus.http.cors.origins", origins);
        });
    put("livekit.url", settings.livekitUrl());
    put("livekit.api-url", settings.livekitApiUrl());
    put("livekit.api-key", settings.livekitKey());
    put("livekit.api-secret", settings.livekitSecret());
    put("token.ttl", settings.tokenTtl().toString());
    put("token.rooms", settings.tokenRooms());
    put("reconcile.interval", Periods.reconcileInterval(settings).toString());
    put("retention.raw-days", Periods.raw(settings));
    put("retention.calls-days", Periods.calls(settings));
    OPTIONAL.forEach((key, variable) -> put(key, settings.get(variable).orElse("")));
    if (settings.makesJwtSecret()) {
      put("jwt.secret", data.secret(DataDirectory.JWT_SECRET));
    }
    put(DATA, settings.embedded() ? data.path() + " (PostgreSQL comes with it)" : "");
  }

  /**
   * @param owner runs the migrations
   * @param service serves all requests
   * @param direct reaches the same database past any pooler
   */
  void databases(DatabaseAddress owner, DatabaseAddress service, DatabaseAddress direct) {
    put("quarkus.datasource.owner.jdbc.url", owner.jdbcUrl());
    login("quarkus.datasource.owner", owner);
    put("quarkus.datasource.reactive.url", service.reactiveUrl());
    login("quarkus.datasource", service);
    service.reactiveSsl().forEach(this::put);
    put("voiceledger.direct.url", direct.reactiveUrl() + "?sslmode=" + direct.sslMode());
    login("voiceledger.direct", direct);
    put("voiceledger.direct.authorities", direct.sslRootCert() == null ? "" : direct.sslRootCert());
    if (properties.get(DATA).isEmpty()) {
      put(DATA, service.reactiveUrl());
    }
  }

  /** What was found out about the ways to the database. */
  void ways(DatabaseDoor.Ways ways) {
    put("voiceledger.database.behind-pooler", Boolean.toString(ways.behindPooler()));
    put("voiceledger.direct.holds-sessions", Boolean.toString(ways.holdsSessions()));
  }

  /** With a database of its own it has no replicas, and nobody to tell that it is going. */
  void stopAtOnce() {
    put("quarkus.shutdown.delay", "0s");
  }

  private void login(String prefix, DatabaseAddress address) {
    put(prefix + ".username", address.user());
    if (address.password() != null) {
      put(prefix + ".password", address.password());
    }
  }

  /** Quarkus would take a dollar sign for the beginning of an expression. */
  private void put(String key, String value) {
    properties.put(key, value.replace("$", "\\$"));
  }

  Map<String, String> all() {
    return Map.copyOf(properties);
  }

  /** Whether this JVM has them already, from code that dev mode has since loaded anew. */
  static boolean published() {
    return System.getProperty(DATA) != null;
  }

  /** As system properties, which win over all other sources of Quarkus' configuration. */
  void publish() {
    properties.forEach(System::setProperty);
  }
}
