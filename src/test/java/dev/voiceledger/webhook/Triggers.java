package dev.voiceledger.webhook;

import dev.voiceledger.TestDatabase;

/** Makes the database refuse the call of one room, with the SQLSTATE that a test wants to see. */
final class Triggers {
  private Triggers() {}

  /** The call of this room cannot be written. */
  static void refuse(TestDatabase database, String roomSid, String sqlState) {
    before(
        database,
        "voice_calls",
        roomSid,
        "raise exception 'a test refuses this call' using errcode = '" + sqlState + "'");
  }

  /** No event of this room can be kept, not even without effect. */
  static void refuseToKeep(TestDatabase database, String roomSid, String sqlState) {
    before(
        database,
        "webhook_events",
        roomSid,
        "raise exception 'a test refuses this event' using errcode = '" + sqlState + "'");
  }

  private static void before(
      TestDatabase database, String table, String roomSid, String statement) {
    database.asSuperuser(
        """
        create function %1$s() returns trigger language plpgsql as
          $$ begin %2$s; return new; end $$;
        create trigger %1$s before insert or update on %3$s
          for each row when (new.room_sid = '%4$s') execute function %1$s()\
        """
            .formatted(name(roomSid), statement, table, roomSid));
  }

  /** It can again. */
  static void allow(TestDatabase database, String roomSid) {
    database.asSuperuser("drop function " + name(roomSid) + " cascade");
  }

  private static String name(String roomSid) {
    return "refuses_" + roomSid.toLowerCase(java.util.Locale.ROOT).replace('.', '_');
  }
}
