package dev.voiceledger.webhook;

import dev.voiceledger.TestDatabase;

/** Makes the database refuse the call of one room, with the SQLSTATE that a test wants to see. */
final class Triggers {
  private Triggers() {}

  /** The call of this room cannot be written. */
  static void refuse(TestDatabase database, String roomSid, String sqlState) {
    String name = name(roomSid);
    database.asSuperuser(
        """
        create function %1$s() returns trigger language plpgsql as
          $$ begin raise exception 'a test refuses this call' using errcode = '%2$s'; end $$;
        create trigger %1$s before insert or update on voice_calls
          for each row when (new.room_sid = '%3$s') execute function %1$s()\
        """
            .formatted(name, sqlState, roomSid));
  }

  /** It can again. */
  static void allow(TestDatabase database, String roomSid) {
    database.asSuperuser("drop function " + name(roomSid) + " cascade");
  }

  private static String name(String roomSid) {
    return "refuses_" + roomSid.toLowerCase(java.util.Locale.ROOT).replace('.', '_');
  }
}
