package dev.voiceledger.platform;

import static dev.voiceledger.platform.SessionSettings.OF_CHANGES;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import io.vertx.pgclient.PgConnectOptions;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What is said to the database at the opening of a session, with a pooler in front and without. */
class DirectDatabaseTest {
  private static PgConnectOptions options(String url, String authorities, boolean holdsSessions) {
    return new DirectDatabase(
            null,
            Optional.of(url),
            Optional.of("you"),
            Optional.of("a-password"),
            Optional.ofNullable(authorities),
            holdsSessions)
        .connectOptions(OF_CHANGES);
  }

  @Test
  void a_session_that_lasts_has_its_settings_from_the_start() {
    PgConnectOptions options =
        options("postgresql://past:6000/d?sslmode=verify-full", "/authorities.pem", true);

    assertEquals("past:6000", options.getHost() + ":" + options.getPort());
    assertEquals("you", options.getUser());
    assertEquals("4000", options.getProperties().get("statement_timeout"));
    assertEquals("HTTPS", options.getHostnameVerificationAlgorithm());
    assertNotNull(options.getPemTrustOptions());
  }

  @Test
  void nothing_is_said_that_a_pooler_refuses_or_forgets() {
    PgConnectOptions options = options("postgresql://pooler/d?sslmode=disable", null, false);

    assertEquals(
        Set.of("application_name", "client_encoding", "DateStyle"),
        options.getProperties().keySet());
    assertFalse(options.getCachePreparedStatements());
  }
}
