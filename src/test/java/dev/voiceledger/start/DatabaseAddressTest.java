package dev.voiceledger.start;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.FileInputStream;
import java.security.KeyStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DatabaseAddressTest {
  private static DatabaseAddress parse(String url) {
    return DatabaseAddress.parse("DATABASE_URL", url);
  }

  private static final String ALWAYS = "&prepareThreshold=0&tcpKeepAlive=true";

  @Test
  void every_part_is_read() {
    DatabaseAddress address = parse("postgresql://me:pw@db.example:6432/calls?sslmode=require");

    assertEquals(
        new DatabaseAddress("db.example", 6432, "calls", "me", "pw", "require", null), address);
    assertEquals("postgresql://db.example:6432/calls", address.reactiveUrl());
    assertEquals(
        "jdbc:postgresql://db.example:6432/calls?sslmode=require" + ALWAYS, address.jdbcUrl());
  }

  @ParameterizedTest
  @CsvSource({
    "postgres://me@h/d, h, 5432, d",
    "postgresql://me@h, h, 5432, me",
    "postgresql://me@h:6000, h, 6000, me",
    "postgresql://me@/d, localhost, 5432, d",
    "postgresql://me@[::1]:6000/d, ::1, 6000, d",
    "postgresql://me@[fe80::1]/d, fe80::1, 5432, d",
    "postgresql://me@10.0.0.7/a%20b, 10.0.0.7, 5432, a b",
    "postgresql://me@h/d?application_name=x&pgbouncer=true, h, 5432, d"
  })
  void what_is_left_out_has_a_default(String url, String host, int port, String database) {
    DatabaseAddress address = parse(url);

    assertEquals(host, address.host());
    assertEquals(port, address.port());
    assertEquals(database, address.database());
    assertEquals("me", address.user());
    assertNull(address.password());
    assertEquals("prefer", address.sslMode());
  }

  @Test
  void user_and_password_may_be_percent_encoded() {
    DatabaseAddress address = parse("postgresql://m%40il:p%3Aw%2Fd%25+%C3%A4:x@h/d");

    assertEquals("m@il", address.user());
    assertEquals("p:w/d%+ä:x", address.password());
  }

  @Test
  void an_ipv6_host_keeps_its_brackets_in_urls() {
    assertEquals("postgresql://[::1]:5432/d", parse("postgresql://me@[::1]/d").reactiveUrl());
    assertEquals(
        "jdbc:postgresql://[::1]:5432/d?sslmode=prefer" + ALWAYS,
        parse("postgresql://me@[::1]/d").jdbcUrl());
  }

  @Test
  void verification_needs_authorities_and_lesser_modes_ask_for_no_proof() {
    var own =
        parse("postgresql://me@h/d?sslmode=verify-full&sslrootcert=/etc/ca.pem").reactiveSsl();
    var java = parse("postgresql://me@h/d?sslmode=verify-ca").reactiveSsl();
    var none = parse("postgresql://me@h/d?sslmode=require").reactiveSsl();

    assertEquals("/etc/ca.pem", own.get("quarkus.datasource.reactive.trust-certificate-pem.certs"));
    assertTrue(
        java.get("quarkus.datasource.reactive.trust-certificate-jks.path").endsWith("/cacerts"));
    assertEquals("true", none.get("quarkus.datasource.reactive.trust-all"));
    assertFalse(own.containsKey("quarkus.datasource.reactive.trust-all"));
  }

  @Test
  void a_full_verification_asks_for_the_hosts_name_too() {
    String key = "quarkus.datasource.reactive.hostname-verification-algorithm";

    assertEquals("HTTPS", parse("postgresql://me@h/d?sslmode=verify-full").reactiveSsl().get(key));
    assertNull(parse("postgresql://me@h/d?sslmode=verify-ca").reactiveSsl().get(key));
  }

  @Test
  void the_authorities_of_java_can_be_read_as_we_say() throws Exception {
    var ssl = parse("postgresql://me@h/d?sslmode=verify-ca").reactiveSsl();
    KeyStore authorities = KeyStore.getInstance("JKS");
    try (var file =
        new FileInputStream(ssl.get("quarkus.datasource.reactive.trust-certificate-jks.path"))) {
      authorities.load(
          file,
          ssl.get("quarkus.datasource.reactive.trust-certificate-jks.password").toCharArray());
    }

    assertTrue(authorities.size() > 0);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "mysql://me:s3cr3t@h/d",
        "jdbc:postgresql://h/d?password=s3cr3t",
        "postgresql://:s3cr3t@h/d",
        "postgresql://h/d?password=s3cr3t",
        "postgresql://me:s3cr3t@h:0/d",
        "postgresql://me:s3cr3t@h:70000/d",
        "postgresql://me:s3cr3t@h:x/d",
        "postgresql://me:s3cr3t@h1:1,h2:2/d",
        "postgresql://me:s3cr3t%ZZ@h/d",
        "postgresql://me:s3cr3t@h/d?sslmode=sometimes",
        "s3cr3t"
      })
  void what_cannot_be_read_is_refused_by_the_variables_name_and_tells_no_password(String url) {
    Refusal refusal = assertThrows(Refusal.class, () -> parse(url));

    assertTrue(refusal.getMessage().startsWith("DATABASE_URL "), refusal.getMessage());
    assertFalse(refusal.getMessage().contains("s3cr3t"), refusal.getMessage());
    assertEquals(1, refusal.getMessage().lines().count());
  }

  @Test
  void an_address_in_a_log_tells_no_password() {
    assertFalse(parse("postgresql://me:s3cr3t@h/d").toString().contains("s3cr3t"));
  }
}
