package dev.voiceledger.start;

import dev.voiceledger.platform.LiveKitKeys;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The environment of the service, with its defaults and with what it refuses. A variable that is
 * set but blank counts as unset, as deployment files like to leave them.
 */
final class Settings {
  static final int SECRET_CHARACTERS_MIN = 32;

  private static final String LIVEKIT_DEV_URL = "ws://localhost:7880";
  private static final String LIVEKIT_DEV_KEY = "devkey";
  private static final String LIVEKIT_DEV_SECRET = "secret";
  private static final String PORT_DEFAULT = "8080";
  private static final int PORT_MAX = 65_535;
  private static final String TOKEN_TTL_DEFAULT = "15m";
  private static final String TOKEN_ROOMS_DEFAULT = "*";

  private final Map<String, String> variables;

  Settings(Map<String, String> variables) {
    this.variables = Map.copyOf(variables);
  }

  /**
   * The process's environment, over the {@code .env} file of the folder, which LiveKit's tools
   * read.
   */
  static Settings ofProcess() {
    return new Settings(EnvironmentFile.read(Path.of(".env"))).under(System.getenv());
  }

  /** These settings, but for what is set, and not blank, in an environment. */
  Settings under(Map<String, String> environment) {
    Map<String, String> all = new HashMap<>(variables);
    environment.entrySet().stream()
        .filter(variable -> !variable.getValue().isBlank())
        .forEach(variable -> all.put(variable.getKey(), variable.getValue()));
    return new Settings(all);
  }

  Optional<String> get(String variable) {
    return Optional.ofNullable(variables.get(variable))
        .map(String::strip)
        .filter(v -> !v.isEmpty());
  }

  boolean embedded() {
    return get("DATABASE_URL").isEmpty();
  }

  boolean dev() {
    return get("VOICELEDGER_DEV").map(Boolean::parseBoolean).orElse(false);
  }

  Path dataDirectory() {
    return Path.of(get("VOICELEDGER_DATA_DIR").orElse("data"));
  }

  DatabaseAddress service() {
    return address("DATABASE_URL").orElseThrow();
  }

  /** Migrations of a login that serves too go past the pooler, where there is a way. */
  DatabaseAddress owner() {
    return address("DATABASE_OWNER_URL")
        .orElseGet(() -> direct().user().equals(service().user()) ? direct() : service());
  }

  DatabaseAddress direct() {
    return address("DATABASE_DIRECT_URL").orElseGet(this::service);
  }

  private Optional<DatabaseAddress> address(String variable) {
    return get(variable).map(url -> DatabaseAddress.parse(variable, url));
  }

  Optional<String> jwtSecret() {
    return get("JWT_SECRET");
  }

  /** Whether the service has to make its own secret for user tokens. */
  boolean makesJwtSecret() {
    return jwtSecret().isEmpty() && get("JWT_JWKS_URL").isEmpty();
  }

  /** Where browsers and agents find LiveKit. */
  String livekitUrl() {
    return url("LIVEKIT_URL", "ws", "wss", "http", "https").orElse(LIVEKIT_DEV_URL);
  }

  /** Where the service itself finds LiveKit, which answers HTTP at the address of its sockets. */
  String livekitApiUrl() {
    return url("LIVEKIT_API_URL", "http", "https", "ws", "wss")
        .orElseGet(this::livekitUrl)
        .replaceFirst("^(?i)ws", "http")
        .replaceFirst("/+$", "");
  }

  private Optional<String> url(String variable, String... schemes) {
    String form = "(?i)(" + String.join("|", schemes) + ")://[^\\s/?#]\\S*";
    Optional<String> url = get(variable);
    if (url.isPresent() && !url.get().matches(form)) {
      throw new Refusal(
          variable + " is no URL; it begins with " + String.join(":// or ", schemes) + "://");
    }
    return url;
  }

  String livekitKey() {
    return get("LIVEKIT_API_KEY").orElse(LIVEKIT_DEV_KEY);
  }

  String livekitSecret() {
    return get("LIVEKIT_API_SECRET").orElse(LIVEKIT_DEV_SECRET);
  }

  /** Further pairs that may sign webhooks, by key. */
  private Map<String, String> livekitKeys() {
    try {
      return LiveKitKeys.parse(get("LIVEKIT_KEYS").orElse(""));
    } catch (IllegalArgumentException e) {
      throw new Refusal(e.getMessage(), e);
    }
  }

  /** The life of join tokens. */
  Duration tokenTtl() {
    String written = get("TOKEN_TTL").orElse(TOKEN_TTL_DEFAULT);
    Duration ttl = Periods.duration(written);
    if (!ttl.isPositive()) {
      throw new Refusal("TOKEN_TTL is " + written + "; it must be a time such as 15m, 2h or 900s");
    }
    return ttl;
  }

  /** Glob of the room names that users may claim. */
  String tokenRooms() {
    return get("TOKEN_ROOMS").orElse(TOKEN_ROOMS_DEFAULT);
  }

  int port() {
    String written = get("PORT").orElse(PORT_DEFAULT);
    int port = written.matches("\\d{1,5}") ? Integer.parseInt(written) : -1;
    if (port < 1 || port > PORT_MAX) {
      throw new Refusal("PORT is " + written + "; it must be a number from 1 to " + PORT_MAX);
    }
    return port;
  }

  /** Whoever knows LiveKit's dev secret, and all do, could write here: so only this machine may. */
  String host() {
    return get("HOST").orElse(livekitDevSecret() ? "127.0.0.1" : "0.0.0.0");
  }

  boolean livekitDevSecret() {
    return livekitSecret().equals(LIVEKIT_DEV_SECRET)
        || livekitKeys().containsValue(LIVEKIT_DEV_SECRET);
  }

  /**
   * Refuses what would leave the service open, or in doubt about whom to believe.
   *
   * @throws Refusal naming the variable and the mend
   */
  void check() {
    if (get("JWT_SECRET").isPresent() && get("JWT_JWKS_URL").isPresent()) {
      throw new Refusal("Both JWT_SECRET and JWT_JWKS_URL are set; unset one of them");
    }
    checkForms();
    if (dev()) {
      return;
    }
    // With the embedded database too: a short secret can be guessed wherever the service listens,
    // and nobody needs one there, for an unset JWT_SECRET means a good one made at random.
    checkLength("JWT_SECRET", jwtSecret().stream());
    checkLength("SERVICE_TOKENS", get("SERVICE_TOKENS").stream().flatMap(Settings::entries));
    if (!embedded()) {
      checkProduction();
    }
  }

  /** What cannot be read stops the start here, in one line, and not in Quarkus or at first use. */
  private void checkForms() {
    livekitUrl();
    livekitApiUrl();
    livekitKeys();
    tokenTtl();
    Periods.check(this);
    url("JWT_JWKS_URL", "https", "http");
  }

  private static Stream<String> entries(String list) {
    return Stream.of(list.split(",")).map(String::strip).filter(entry -> !entry.isEmpty());
  }

  private static void checkLength(String variable, Stream<String> secrets) {
    if (secrets.anyMatch(secret -> secret.length() < SECRET_CHARACTERS_MIN)) {
      throw new Refusal(
          variable
              + " is shorter than "
              + SECRET_CHARACTERS_MIN
              + " characters; make one: openssl rand -hex 32 (or VOICELEDGER_DEV=true to try)");
    }
  }

  private void checkProduction() {
    if (livekitDevSecret()) {
      throw new Refusal(
          "LIVEKIT_API_SECRET or LIVEKIT_KEYS has LiveKit's dev secret, which everybody knows; set"
              + " LIVEKIT_API_KEY and LIVEKIT_API_SECRET to your server's, and no key to the dev"
              + " secret (or VOICELEDGER_DEV=true to try)");
    }
    if (makesJwtSecret()) {
      throw new Refusal(
          "Neither JWT_SECRET nor JWT_JWKS_URL is set, so no user could be recognised; set the one"
              + " that your tokens are signed with (or VOICELEDGER_DEV=true to try)");
    }
  }
}
