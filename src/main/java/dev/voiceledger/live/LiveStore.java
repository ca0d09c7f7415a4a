package dev.voiceledger.live;

import dev.voiceledger.platform.SessionSettings;

/** The statements of the one connection that a replica keeps for changes. */
final class LiveStore {
  /** For the life of the connection, which serves nothing else. */
  static final String BECOME_SERVICE = "set role service_role";

  private static final String SETTLE =
      "; set local role service_role" + SessionSettings.OF_CHANGES.asStatements();

  static final String LISTEN = "listen voiceledger_changes";
  static final String NUMBER = "select last, more from voiceledger.number_changes($1)";
  static final String FORGET = "select voiceledger.forget_changes($1)";

  static final String SCRUB = "select voiceledger.scrub_changes($1) as more";

  /** What changed and who may see it are read as of one moment. */
  static final String BEGIN = "begin isolation level repeatable read read only";

  /** The same where no session lasts. */
  static final String BEGIN_AND_SETTLE = BEGIN + SETTLE;

  static final String BEGIN_TO_WRITE = "begin" + SETTLE;

  static final String COMMIT = "commit";

  /** Whole rows from a number on, about so many items of them. */
  static final String LOG =
      """
      select w.last, w.kinds, w.call_ids, w.keys,
        extract(epoch from clock_timestamp() - w.changed_at)::float8 as lag_seconds
      from (
        select l.*,
          sum(cardinality(l.kinds)) over (order by l.last) - cardinality(l.kinds) as items_before
        from (select * from call_changes where last > $1 order by last limit 64) l) w
      where w.items_before < $2 order by w.last\
      """;

  static final String ERASED =
      """
      select call_id, (extract(epoch from erased_at) * 1000000)::bigint as version
      from erased_calls where call_id = any ($1::uuid[])\
      """;

  private LiveStore() {}
}
