package dev.voiceledger.start;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SettingsTest {
  private static final String LONG = "0123456789abcdef0123456789abcdef";
  private static final Map<String, String> PRODUCTION =
      Map.of(
          "DATABASE_URL",
          "postgresql://me:pw@h/d",
          "LIVEKIT_API_KEY",
          "APIkey",
          "LIVEKIT_API_SECRET",
          LONG,
          "JWT_SECRET",
          LONG);

  private static Settings settings(Map<String, String> base, String... pairs) {
    Map<String, String> variables = new HashMap<>(base);
    for (int i = 0; i < pairs.length; i += 2) {
      variables.put(pairs[i], pairs[i + 1]);
    }
    return new Settings(variables);
  }

  private static Settings embedded(String... pairs) {
    return settings(Map.of(), pairs);
  }

  private static Settings production(String... pairs) {
    return settings(PRODUCTION, pairs);
  }

  private static void assertRefused(String variable, Settings settings) {
    Refusal refusal = assertThrows(Refusal.class, settings::check);
    assertTrue(refusal.getMessage().contains(variable), refusal.getMessage());
    assertFalse(refusal.getMessage().contains("0123456789"), "a secret is told");
    assertEquals(1, refusal.getMessage().lines().count());
  }

  @Test
  void nothing_set_is_a_service_for_this_machine_alone() {
    Settings settings = embedded();

    assertDoesNotThrow(settings::check);
    assertTrue(settings.embedded());
    assertTrue(settings.makesJwtSecret());
    assertEquals("data", settings.dataDirectory().toString());
    assertEquals("127.0.0.1", settings.host());
    assertEquals(8080, settings.port());
  }

  @Test
  void all_set_is_production() {
    Settings settings = production();

    assertDoesNotThrow(settings::check);
    assertFalse(settings.embedded());
    assertEquals("0.0.0.0", settings.host());
    assertEquals(settings.service(), settings.owner());
    assertEquals(settings.service(), settings.direct());
  }

  @Test
  void a_blank_variable_is_an_unset_one() {
    assertTrue(embedded("DATABASE_URL", " ", "JWT_SECRET", "").makesJwtSecret());
    assertTrue(embedded("DATABASE_URL", " ").embedded());
    assertRefused("JWT_SECRET", production("JWT_SECRET", " "));
  }

  @Test
  void owner_and_direct_have_addresses_of_their_own() {
    Settings settings =
        production(
            "DATABASE_OWNER_URL", "postgresql://owner@h/d",
            "DATABASE_DIRECT_URL", "postgresql://me@direct/d");

    assertEquals("owner", settings.owner().user());
    assertEquals("direct", settings.direct().host());
    assertEquals("me", settings.service().user());
  }

  @Test
  void livekits_dev_secret_keeps_the_service_on_this_machine_unless_told_otherwise() {
    assertEquals("127.0.0.1", embedded("LIVEKIT_API_SECRET", "secret").host());
    assertEquals("0.0.0.0", embedded("LIVEKIT_API_SECRET", LONG).host());
    assertEquals("0.0.0.0", embedded("HOST", "0.0.0.0").host());
    assertEquals(
        "127.0.0.1",
        embedded("LIVEKIT_API_SECRET", LONG, "LIVEKIT_KEYS", "other: " + LONG + ", devkey: secret")
            .host());
  }

  @Test
  void production_refuses_livekits_dev_secret() {
    assertRefused("LIVEKIT_API_SECRET", production("LIVEKIT_API_SECRET", "secret"));
    assertRefused("LIVEKIT_API_SECRET", production("LIVEKIT_API_SECRET", ""));
    assertRefused("LIVEKIT_", production("LIVEKIT_KEYS", "devkey: secret"));
  }

  @Test
  void production_refuses_to_have_no_root_of_user_tokens() {
    assertRefused("JWT_JWKS_URL", production("JWT_SECRET", ""));
    assertDoesNotThrow(production("JWT_SECRET", "", "JWT_JWKS_URL", "https://i/jwks")::check);
  }

  @Test
  void a_short_secret_is_refused_everywhere() {
    String short31 = LONG.substring(1);

    assertRefused("JWT_SECRET", production("JWT_SECRET", short31));
    assertRefused("JWT_SECRET", embedded("JWT_SECRET", short31));
    assertRefused("SERVICE_TOKENS", production("SERVICE_TOKENS", LONG + "," + short31));
    assertRefused("SERVICE_TOKENS", embedded("SERVICE_TOKENS", short31));
    assertDoesNotThrow(production("SERVICE_TOKENS", LONG + ", " + LONG + ",")::check);
  }

  @Test
  void two_roots_of_user_tokens_are_refused_even_when_trying() {
    assertRefused("JWT_JWKS_URL", production("JWT_JWKS_URL", "https://i/jwks"));
    assertRefused(
        "JWT_JWKS_URL",
        embedded("JWT_SECRET", LONG, "JWT_JWKS_URL", "https://i", "VOICELEDGER_DEV", "true"));
  }

  @ParameterizedTest
  @CsvSource({
    "LIVEKIT_API_SECRET,secret",
    "LIVEKIT_KEYS,devkey: secret",
    "JWT_SECRET,short",
    "JWT_SECRET,''",
    "SERVICE_TOKENS,short"
  })
  void trying_is_allowed_what_production_is_not(String variable, String value) {
    assertThrows(Refusal.class, production(variable, value)::check);
    assertThrows(Refusal.class, production(variable, value, "VOICELEDGER_DEV", "yes")::check);
    assertDoesNotThrow(production(variable, value, "VOICELEDGER_DEV", "true")::check);
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "65536", "http", "-1", "8080 8081"})
  void a_port_is_a_port(String written) {
    Refusal refusal = assertThrows(Refusal.class, embedded("PORT", written)::port);
    assertTrue(refusal.getMessage().contains("PORT"));
  }

  @Test
  void where_livekit_answers_follows_from_where_it_is() {
    assertEquals("ws://localhost:7880", embedded().livekitUrl());
    assertEquals("http://localhost:7880", embedded().livekitApiUrl());
    assertEquals(
        "https://lk.example/x", embedded("LIVEKIT_URL", "wss://lk.example/x/").livekitApiUrl());
    assertEquals(
        "http://inside:7880",
        embedded("LIVEKIT_URL", "wss://lk.example", "LIVEKIT_API_URL", "http://inside:7880\n")
            .livekitApiUrl());
  }

  @ParameterizedTest
  @CsvSource({
    "LIVEKIT_URL,lk.example:7880",
    "LIVEKIT_API_URL,ftp://lk.example",
    "JWT_JWKS_URL,/keys.json",
    "TOKEN_TTL,soon",
    "TOKEN_TTL,0",
    "TOKEN_TTL,-5m",
    "TOKEN_TTL,99999999999999999999d",
    "RECONCILE_INTERVAL,often",
    "RECONCILE_INTERVAL,500ms",
    "RECONCILE_INTERVAL,-20s",
    "RECONCILE_INTERVAL,2h",
    "LIVEKIT_KEYS,0123456789",
    "LIVEKIT_KEYS,key: 0123456789 other: 0123456789"
  })
  void what_cannot_be_read_is_refused_in_one_line(String variable, String value) {
    assertRefused(variable, embedded(variable, value, "VOICELEDGER_DEV", "true"));
  }

  @ParameterizedTest
  @CsvSource({"'',PT15M", "90m,PT1H30M", "900,PT15M", "900s,PT15M", "PT2H,PT2H"})
  void the_life_of_a_token_is_a_time(String written, String ttl) {
    assertEquals(ttl, embedded("TOKEN_TTL", written).tokenTtl().toString());
  }

  @ParameterizedTest
  @CsvSource({"'',PT20S", "5s,PT5S", "PT1M,PT1M", "0,PT0S", "off,PT0S"})
  void how_often_livekit_is_compared_is_a_time_or_never(String written, String interval) {
    assertEquals(
        interval, Periods.reconcileInterval(embedded("RECONCILE_INTERVAL", written)).toString());
  }

  @Test
  void the_dev_secret_is_seen_through_quotes_and_braces() {
    assertRefused("LIVEKIT_KEYS", production("LIVEKIT_KEYS", "{\"devkey\": 'secret'}"));
  }

  @Test
  void the_environment_stands_over_the_file_unless_it_is_blank() {
    Settings file = embedded("JWT_SECRET", LONG, "PORT", "1");
    Settings both = file.under(Map.of("JWT_SECRET", " ", "PORT", "2"));

    assertEquals(LONG, both.jwtSecret().orElseThrow());
    assertEquals(2, both.port());
  }

  @Test
  void migrations_of_the_same_login_go_past_the_pooler() {
    String direct = "postgresql://me:pw@past/d";

    assertEquals("past", production("DATABASE_DIRECT_URL", direct).owner().host());
    assertEquals("h", production().owner().host());
    String other = "postgresql://other:pw@past/d";
    assertEquals("h", production("DATABASE_DIRECT_URL", other).owner().host());
    String owner = "postgresql://owner:pw@owners/d";
    Settings all = production("DATABASE_DIRECT_URL", direct, "DATABASE_OWNER_URL", owner);
    assertEquals("owners", all.owner().host());
    assertEquals("h", all.service().host());
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "-1", "1.5", "36501", "30 d", "never", "99999999999", "٣"})
  void days_are_whole_and_positive_or_for_ever(String days) {
    for (String variable : new String[] {"RETENTION_RAW_DAYS", "RETENTION_CALLS_DAYS"}) {
      assertRefused(variable, embedded(variable, days));
    }
  }

  @Test
  void raw_events_are_kept_for_thirty_days_and_calls_for_ever() {
    assertEquals("30", Periods.raw(embedded()));
    assertEquals("forever", Periods.calls(embedded("RETENTION_CALLS_DAYS", " ")));
    assertEquals("7", Periods.raw(embedded("RETENTION_RAW_DAYS", " 007 ")));
    assertEquals("36500", Periods.calls(embedded("RETENTION_CALLS_DAYS", "36500")));
    assertEquals("forever", Periods.raw(embedded("RETENTION_RAW_DAYS", "forever")));
  }
}
