package dev.voiceledger.platform;

import io.vertx.core.net.JksOptions;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.SslMode;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Optional;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * The database past any pooler, for what lasts longer than a transaction: {@code LISTEN} and locks
 * of a session. Without a pooler it is the same as for everybody.
 */
@ApplicationScoped
public class DirectDatabase {
  private static final int CONNECT_TIMEOUT_MS = 2_000;

  private final DatabasePool pool;
  private final Optional<String> url;
  private final Optional<String> user;
  private final Optional<String> password;
  private final Optional<String> authorities;
  private final boolean holdsSessions;

  DirectDatabase(
      DatabasePool pool,
      @ConfigProperty(name = "voiceledger.direct.url") Optional<String> url,
      @ConfigProperty(name = "voiceledger.direct.username") Optional<String> user,
      @ConfigProperty(name = "voiceledger.direct.password") Optional<String> password,
      @ConfigProperty(name = "voiceledger.direct.authorities") Optional<String> authorities,
      @ConfigProperty(name = "voiceledger.direct.holds-sessions", defaultValue = "true")
          boolean holdsSessions) {
    this.pool = pool;
    this.url = url;
    this.user = user;
    this.password = password;
    this.authorities = authorities;
    this.holdsSessions = holdsSessions;
  }

  /**
   * Whether a session there keeps what it is told. Where it does not, for a pooler stands in front
   * and nobody said what is behind it, LISTEN hears nothing and a session's lock holds nothing:
   * poll, and lock within one transaction.
   */
  public boolean holdsSessions() {
    return holdsSessions;
  }

  /** For a connection of one's own; each call gives its own copy. */
  public PgConnectOptions connectOptions() {
    if (url.isEmpty()) {
      return pool.connectOptions();
    }
    PgConnectOptions direct = PgConnectOptions.fromUri(url.get());
    direct.setConnectTimeout(CONNECT_TIMEOUT_MS);
    if (!holdsSessions) {
      direct.getProperties().remove("extra_float_digits");
    }
    user.ifPresent(direct::setUser);
    password.ifPresent(direct::setPassword);
    trust(direct);
    return direct;
  }

  /** The same, for sessions with these settings where a session can have any. */
  public PgConnectOptions connectOptions(SessionSettings settings) {
    PgConnectOptions direct = connectOptions();
    return holdsSessions ? settings.with(direct) : direct.setCachePreparedStatements(false);
  }

  /** Modes below verify-ca encrypt, but ask for no proof. */
  private void trust(PgConnectOptions direct) {
    SslMode mode = direct.getSslMode();
    if (mode == SslMode.VERIFY_FULL) {
      direct.setHostnameVerificationAlgorithm("HTTPS");
    }
    if (mode != SslMode.VERIFY_FULL && mode != SslMode.VERIFY_CA) {
      direct.setTrustAll(true);
    } else if (authorities.isPresent()) {
      direct.setPemTrustOptions(new PemTrustOptions().addCertPath(authorities.get()));
    } else {
      String java = System.getProperty("java.home") + "/lib/security/cacerts";
      direct.setTrustOptions(new JksOptions().setPath(java).setPassword("changeit"));
    }
  }
}
