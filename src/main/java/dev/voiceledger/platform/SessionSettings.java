package dev.voiceledger.platform;

import io.vertx.pgclient.PgConnectOptions;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What a door to the database asks of PostgreSQL for its sessions, all of it said here: how long a
 * statement, a lock and an idle transaction may take at most, and how it plans. Sent once, when a
 * connection opens; behind a pooler, which refuses that or forgets it, with each transaction.
 */
public final class SessionSettings {
  /**
   * Of requests. No statement is longer than a caller waits, and none plans as if it ran for
   * seconds.
   */
  public static final SessionSettings OF_REQUESTS =
      new SessionSettings(
          Map.of(
              "jit", "off",
              "statement_timeout", "4000",
              "lock_timeout", "2000",
              "idle_in_transaction_session_timeout", "10000"));

  /**
   * Of the ledger's groups. Small groups of arrays must not be planned anew each time, and must not
   * scan a table that was small when it was last analysed; a lock that is not to be had is tried
   * again, not waited for.
   */
  public static final SessionSettings OF_GROUPS =
      new SessionSettings(
          Map.of(
              "plan_cache_mode", "force_generic_plan",
              "enable_seqscan", "off",
              "enable_hashjoin", "off",
              "enable_mergejoin", "off",
              "jit", "off",
              "synchronous_commit", "on",
              "lock_timeout", "150",
              "statement_timeout", "3000",
              "idle_in_transaction_session_timeout", "5000"));

  /** Of the one connection of a replica that looks for changes. */
  public static final SessionSettings OF_CHANGES =
      new SessionSettings(
          Map.of(
              "jit", "off",
              "statement_timeout", "4000",
              "lock_timeout", "2000",
              "idle_in_transaction_session_timeout", "5000"));

  private final SortedMap<String, String> values;

  private SessionSettings(Map<String, String> values) {
    this.values = new TreeMap<>(values);
  }

  /** The same options, and these settings for all of the session. */
  public PgConnectOptions with(PgConnectOptions options) {
    PgConnectOptions all = new PgConnectOptions(options);
    values.forEach(all::addProperty);
    return all;
  }

  /** The same for one transaction, as statements to be sent behind its beginning. */
  public String asStatements() {
    return values.entrySet().stream()
        .map(one -> "; set local " + one.getKey() + " = '" + one.getValue() + "'")
        .collect(Collectors.joining());
  }

  /** The same as further columns of a select. */
  String asColumns() {
    return values.entrySet().stream()
        .map(one -> ", set_config('" + one.getKey() + "', '" + one.getValue() + "', true)")
        .collect(Collectors.joining());
  }
}
