package dev.voiceledger.call;

import java.util.UUID;

/** From a room session to its call, without asking the database. */
public final class RoomSid {
  private static final UUID NAMESPACE = UUID.fromString("cf37b98d-c347-5267-a1d4-8f23626d7b4e");

  private RoomSid() {}

  /**
   * The id of a room session's call: uuid v5 of the sid under Voiceledger's namespace. The same
   * function in SQL is {@code voiceledger.call_id_of_room}.
   */
  public static UUID callId(String roomSid) {
    return NamedUuid.of(NAMESPACE, roomSid);
  }
}
