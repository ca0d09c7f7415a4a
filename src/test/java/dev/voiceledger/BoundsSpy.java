package dev.voiceledger;

import dev.voiceledger.history.Tables;
import java.util.List;

/**
 * Notes within which bounds the service's statements run, from within the database: by triggers on
 * a table that the ledger's events, its posts, requests and jobs, and the live changes each write.
 */
public final class BoundsSpy {
  private static final String SPY =
      """
      create table seen (place text, bounds text, unique (place, bounds));
      create function spy() returns trigger language plpgsql security definer as $$ begin
        insert into public.seen values (tg_table_name, concat_ws(' ',
          current_setting('statement_timeout'), current_setting('lock_timeout'),
          current_setting('idle_in_transaction_session_timeout'))) on conflict do nothing;
        return null;
      end $$;
      create trigger spy after insert on webhook_events execute function spy();
      create trigger spy after insert on voice_messages execute function spy();
      create trigger spy after insert or update on livekit_keys_heard execute function spy();
      create trigger spy after update on call_changes_position execute function spy()\
      """;

  /** For a statement, for a lock, and idle within a transaction. */
  public static final List<String> AS_STATED =
      List.of(
          "call_changes_position 4s 2s 5s",
          "livekit_keys_heard 4s 2s 10s",
          "voice_messages 3s 150ms 5s",
          "webhook_events 3s 150ms 5s");

  private BoundsSpy() {}

  public static void on(TestDatabase database) {
    database.asSuperuser(SPY);
  }

  public static void off(TestDatabase database) {
    database.asSuperuser("drop function spy() cascade; drop table seen");
  }

  /** A table with bounds under which it was written. */
  public static List<String> seen(TestDatabase database) {
    return Tables.texts(database, "select place || ' ' || bounds from seen order by place, bounds");
  }
}
