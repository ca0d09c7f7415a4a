package dev.voiceledger.start;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.smallrye.config.EnvConfigSource;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What Quarkus reads, with the same environment behind it as in a real start. */
class ServicePropertiesTest {
  private static final String LONG = "0123456789abcdef0123456789abcdef";
  private static final int SYSTEM_PROPERTIES = 400;
  private static final int ENVIRONMENT = 300;

  @TempDir Path data;

  private SmallRyeConfig quarkus(Map<String, String> file, Map<String, String> environment) {
    Settings settings = new Settings(file).under(environment);
    ServiceProperties properties = new ServiceProperties(settings, new DataDirectory(data));
    if (!settings.embedded()) {
      properties.databases(settings.owner(), settings.service(), settings.direct());
    }
    return new SmallRyeConfigBuilder()
        .addDefaultInterceptors()
        .withSources(
            new PropertiesConfigSource(properties.all(), "system properties", SYSTEM_PROPERTIES),
            new EnvConfigSource(environment, ENVIRONMENT))
        .build();
  }

  private SmallRyeConfig quarkus(Map<String, String> environment) {
    return quarkus(Map.of(), environment);
  }

  private static Optional<String> value(SmallRyeConfig config, String key) {
    return config.getOptionalValue(key, String.class);
  }

  @Test
  void with_nothing_set_quarkus_has_every_default() {
    SmallRyeConfig config = quarkus(Map.of());

    assertEquals("ws://localhost:7880", config.getValue("livekit.url", String.class));
    assertEquals("http://localhost:7880", config.getValue("livekit.api-url", String.class));
    assertEquals("devkey", config.getValue("livekit.api-key", String.class));
    assertEquals("secret", config.getValue("livekit.api-secret", String.class));
    assertEquals("PT15M", config.getValue("token.ttl", String.class));
    assertEquals("*", config.getValue("token.rooms", String.class));
    assertEquals("8080", config.getValue("quarkus.http.port", String.class));
    assertEquals("30", config.getValue("retention.raw-days", String.class));
    assertEquals("forever", config.getValue("retention.calls-days", String.class));
  }

  @ParameterizedTest
  @CsvSource({
    "LIVEKIT_URL,livekit.url,wss://lk.example",
    "LIVEKIT_API_URL,livekit.api-url,https://lk.example",
    "LIVEKIT_API_KEY,livekit.api-key,APIkey",
    "LIVEKIT_API_SECRET,livekit.api-secret," + LONG,
    "LIVEKIT_KEYS,livekit.keys,other: " + LONG,
    "JWT_SECRET,jwt.secret," + LONG,
    "JWT_JWKS_URL,jwt.jwks-url,https://keys.example",
    "JWT_ISSUER,jwt.issuer,https://issuer.example",
    "JWT_AUDIENCE,jwt.audience,authenticated",
    "SERVICE_TOKENS,service.tokens," + LONG,
    "TOKEN_ROOMS,token.rooms,team-*",
    "PORT,quarkus.http.port,8081",
    "HOST,quarkus.http.host,127.0.0.1"
  })
  void a_line_end_behind_a_value_is_none_of_it(String variable, String key, String value) {
    assertEquals(Optional.of(value), value(quarkus(Map.of(variable, " " + value + "\r\n")), key));
    assertEquals(Optional.of(value), value(quarkus(Map.of(variable, value), Map.of()), key));
  }

  @ParameterizedTest
  @CsvSource({
    "LIVEKIT_API_KEY,livekit.api-key,devkey",
    "LIVEKIT_API_SECRET,livekit.api-secret,secret",
    "LIVEKIT_KEYS,livekit.keys,",
    "JWT_JWKS_URL,jwt.jwks-url,",
    "JWT_ISSUER,jwt.issuer,",
    "JWT_AUDIENCE,jwt.audience,",
    "SERVICE_TOKENS,service.tokens,",
    "CORS_ORIGINS,quarkus.http.cors.origins,",
    "TOKEN_ROOMS,token.rooms,*",
    "PORT,quarkus.http.port,8080"
  })
  void a_blank_variable_is_an_unset_one_to_quarkus_too(String variable, String key, String value) {
    for (String blank : new String[] {"", " ", "\n"}) {
      SmallRyeConfig config = quarkus(Map.of(variable, blank));
      assertEquals(Optional.ofNullable(value), value(config, key));
    }
  }

  @Test
  void a_key_set_leaves_no_secret_behind() {
    Map<String, String> environment = new HashMap<>();
    environment.put("JWT_JWKS_URL", "https://keys.example");
    environment.put("JWT_SECRET", " ");

    assertEquals(Optional.empty(), value(quarkus(environment), "jwt.secret"));
  }

  @ParameterizedTest
  @CsvSource({"a${b}c", "$$", "\\$x", "${HOST", "a$", "\\\\$$", "\\"})
  void a_dollar_sign_is_itself(String secret) {
    SmallRyeConfig config = quarkus(Map.of("JWT_SECRET", secret));

    assertEquals(Optional.of(secret), value(config, "jwt.secret"));
  }

  @Test
  void a_password_may_have_dollar_signs() {
    SmallRyeConfig config =
        quarkus(Map.of("DATABASE_URL", "postgresql://me:a$$b%24%7Bc%7D@h/d", "JWT_SECRET", LONG));

    assertEquals("a$$b${c}", config.getValue("quarkus.datasource.password", String.class));
  }

  @Test
  void the_way_past_a_pooler_is_told_with_its_trust() {
    SmallRyeConfig config =
        quarkus(
            Map.of(
                "DATABASE_URL", "postgresql://me:pw@pooler/d",
                "DATABASE_DIRECT_URL",
                    "postgresql://you:p$w@past/d?sslmode=verify-ca&sslrootcert=/a",
                "JWT_SECRET", LONG));

    String url = config.getValue("voiceledger.direct.url", String.class);
    assertEquals("postgresql://past:5432/d?sslmode=verify-ca", url);
    assertEquals("you", config.getValue("voiceledger.direct.username", String.class));
    assertEquals("p$w", config.getValue("voiceledger.direct.password", String.class));
    assertEquals("/a", config.getValue("voiceledger.direct.authorities", String.class));
  }
}
