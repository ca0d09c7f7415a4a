package dev.voiceledger.start;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a PostgreSQL is and who logs in, read from {@code postgresql://user:password@host:port/db}.
 * Of the parameters only {@code sslmode} and {@code sslrootcert} are heard; others are for other
 * clients and are passed over.
 *
 * @param host without the brackets of an IPv6 address
 * @param password null where the URL has none
 * @param sslRootCert file with the authorities to trust; null: those that Java trusts
 */
record DatabaseAddress(
    String host,
    int port,
    String database,
    String user,
    String password,
    String sslMode,
    String sslRootCert) {

  private static final int PORT_DEFAULT = 5432;
  private static final int PORT_MAX = 65_535;
  private static final String SSL_MODE_DEFAULT = "prefer";
  private static final String JAVA_AUTHORITIES =
      System.getProperty("java.home") + "/lib/security/cacerts";
  private static final Set<String> SSL_MODES =
      Set.of("disable", "prefer", "require", "verify-ca", "verify-full");
  private static final String SHAPE = "postgresql://user:password@host:port/database?sslmode=…";
  private static final Pattern URL =
      Pattern.compile(
          "postgres(?:ql)?://(?:([^@/?#]*)@)?(\\[[0-9A-Fa-f:.%]+]|[^:/?#,\\[\\]]*)(?::(\\d{1,5}))?"
              + "(?:/([^/?#]*))?(?:\\?([^#]*))?");

  /**
   * Reads the URL that stands in an environment variable. A fault is told with the variable's name
   * and never with the URL, since that holds a password.
   *
   * @throws Refusal when the URL is none, or asks for what the service cannot do
   */
  static DatabaseAddress parse(String variable, String url) {
    Matcher parts = URL.matcher(url.strip());
    if (!parts.matches()) {
      throw new Refusal(variable + " is not of the form " + SHAPE);
    }
    String[] login = (parts.group(1) == null ? "" : parts.group(1)).split(":", 2);
    String user = decoded(variable, login[0]);
    if (user.isEmpty()) {
      throw new Refusal(variable + " names no user; its form is " + SHAPE);
    }
    Map<String, String> parameters = parameters(variable, parts.group(5));
    return new DatabaseAddress(
        host(parts.group(2)),
        port(variable, parts.group(3)),
        parts.group(4) == null || parts.group(4).isEmpty()
            ? user
            : decoded(variable, parts.group(4)),
        user,
        login.length > 1 ? decoded(variable, login[1]) : null,
        sslMode(variable, parameters.get("sslmode")),
        parameters.get("sslrootcert"));
  }

  /** For the reactive client; the login goes beside it, so that no log of the URL tells it. */
  String reactiveUrl() {
    return "postgresql://" + place();
  }

  /**
   * For JDBC, whose driver speaks the same words for TLS. Statements stay without names: behind a
   * pooler the next transaction may meet another connection, which knows none of them.
   */
  String jdbcUrl() {
    String trust =
        sslRootCert == null
            ? verified() ? "&sslfactory=org.postgresql.ssl.DefaultJavaSSLFactory" : ""
            : "&sslrootcert=" + encoded(sslRootCert);
    return "jdbc:postgresql://"
        + place()
        + "?sslmode="
        + sslMode
        + "&prepareThreshold=0&tcpKeepAlive=true"
        + trust;
  }

  private String place() {
    String bracketed = host.contains(":") ? "[" + host + "]" : host;
    return bracketed + ":" + port + "/" + encoded(database);
  }

  private boolean verified() {
    return sslMode.startsWith("verify-");
  }

  /** How Quarkus is told of TLS: modes below verify-ca encrypt, but ask for no proof. */
  Map<String, String> reactiveSsl() {
    String prefix = "quarkus.datasource.reactive.";
    Map<String, String> ssl = new HashMap<>();
    ssl.put(prefix + "postgresql.ssl-mode", sslMode);
    if (sslMode.equals("verify-full")) {
      ssl.put(prefix + "hostname-verification-algorithm", "HTTPS");
    }
    if (!verified()) {
      ssl.put(prefix + "trust-all", "true");
    } else if (sslRootCert != null) {
      ssl.put(prefix + "trust-certificate-pem", "true");
      ssl.put(prefix + "trust-certificate-pem.certs", sslRootCert);
    } else {
      ssl.put(prefix + "trust-certificate-jks", "true");
      ssl.put(prefix + "trust-certificate-jks.path", JAVA_AUTHORITIES);
      ssl.put(prefix + "trust-certificate-jks.password", "changeit");
    }
    return ssl;
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  private static String host(String written) {
    if (written.isEmpty()) {
      return "localhost";
    }
    return written.startsWith("[") ? written.substring(1, written.length() - 1) : written;
  }

  private static int port(String variable, String written) {
    int port = written == null ? PORT_DEFAULT : Integer.parseInt(written);
    if (port < 1 || port > PORT_MAX) {
      throw new Refusal(variable + " names port " + port + "; a port is 1 to " + PORT_MAX);
    }
    return port;
  }

  private static String sslMode(String variable, String written) {
    String mode = written == null ? SSL_MODE_DEFAULT : written;
    if (!SSL_MODES.contains(mode)) {
      throw new Refusal(
          variable
              + " has an sslmode that is none of disable, prefer, require, verify-ca, verify-full");
    }
    return mode;
  }

  private static Map<String, String> parameters(String variable, String query) {
    Map<String, String> parameters = new HashMap<>();
    for (String pair : (query == null ? "" : query).split("&")) {
      String[] sides = pair.split("=", 2);
      if (sides.length == 2) {
        parameters.put(sides[0], decoded(variable, sides[1]));
      }
    }
    return parameters;
  }

  /** Without the password. */
  @Override
  public String toString() {
    return user + " at " + reactiveUrl();
  }

  /** Percent-decoding as in URLs; a plus sign is itself, passwords have them. */
  private static String decoded(String variable, String written) {
    try {
      return URLDecoder.decode(written.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException _) {
      throw new Refusal(variable + " has a % that is not followed by two hexadecimal digits");
    }
  }
}
