package dev.voiceledger.livekit;

import static dev.voiceledger.livekit.LedgerRows.instant;
import static dev.voiceledger.livekit.LedgerRows.orNull;
import static dev.voiceledger.livekit.LedgerRows.wholeSeconds;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;

/** What a row of call_participants says of somebody; as it is, or as a notebook has it. */
record PersonRow(
    String roomSid,
    String sid,
    String identity,
    String name,
    String kind,
    String type,
    String metadata,
    Map<String, String> attributes,
    Instant joinedAt,
    Instant leftAt,
    Integer durationSeconds,
    String disconnectReason) {
  static final String OF_ROOMS =
      """
      select c.room_sid, p.participant_sid, p.participant_identity, p.participant_name, p.kind,
        p.participant_type::text, p.metadata, p.attributes::text, p.joined_at, p.left_at,
        p.duration_seconds, p.disconnect_reason
      from call_participants p join voice_calls c on c.id = p.call_id where c.room_sid = any (?)\
      """;

  static PersonRow read(ResultSet row) throws SQLException {
    return new PersonRow(
        row.getString("room_sid"),
        row.getString("participant_sid"),
        row.getString("participant_identity"),
        row.getString("participant_name"),
        row.getString("kind"),
        row.getString("participant_type"),
        row.getString("metadata"),
        LedgerRows.attributes(row.getString("attributes")),
        instant(row, "joined_at"),
        instant(row, "left_at"),
        row.getObject("duration_seconds", Integer.class),
        row.getString("disconnect_reason"));
  }

  /**
   * @param row gives the exact end, and the reason where no client could see one
   */
  static PersonRow of(Notebook.Call call, Notebook.Person person, PersonRow row) {
    Instant joinedAt = person.neverActive() ? null : person.joinedAt();
    return new PersonRow(
        call.roomSid(),
        person.participantSid(),
        person.identity(),
        orNull(person.name()),
        person.kind().toUpperCase(Locale.ROOT),
        person.kind().equals("agent") ? "agent" : "user",
        orNull(person.metadata()),
        person.attributes(),
        joinedAt,
        row.leftAt(),
        wholeSeconds(joinedAt, row.leftAt()),
        person.disconnectReason() == null ? row.disconnectReason() : person.disconnectReason());
  }
}
