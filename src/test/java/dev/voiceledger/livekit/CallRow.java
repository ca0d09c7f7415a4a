package dev.voiceledger.livekit;

import static dev.voiceledger.livekit.LedgerRows.instant;
import static dev.voiceledger.livekit.LedgerRows.orNull;
import static dev.voiceledger.livekit.LedgerRows.wholeSeconds;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;

/** What a row of voice_calls says of a room session; as it is, or as a notebook has it. */
record CallRow(
    String roomSid,
    String sessionId,
    String roomName,
    String roomMetadata,
    String metadata,
    String status,
    String endReason,
    Instant startedAt,
    Instant connectedAt,
    Instant endedAt,
    Integer durationSeconds,
    int participantCount,
    boolean aiAgentUsed,
    String agentName) {
  static final String OF_ROOMS =
      """
      select room_sid, session_id, room_name, room_metadata, metadata::text, status::text,
        end_reason, started_at, connected_at, ended_at, duration_seconds, participant_count,
        ai_agent_used, agent_name
      from voice_calls where room_sid = any (?)\
      """;

  static CallRow read(ResultSet row) throws SQLException {
    return new CallRow(
        row.getString("room_sid"),
        row.getString("session_id"),
        row.getString("room_name"),
        row.getString("room_metadata"),
        row.getString("metadata"),
        row.getString("status"),
        row.getString("end_reason"),
        instant(row, "started_at"),
        instant(row, "connected_at"),
        instant(row, "ended_at"),
        row.getObject("duration_seconds", Integer.class),
        row.getInt("participant_count"),
        row.getBoolean("ai_agent_used"),
        row.getString("agent_name"));
  }

  /**
   * @param endedAt as the row has it, once that is known to be near enough
   */
  static CallRow of(Notebook.Call call, Instant endedAt) {
    boolean connected = call.connectedAt() != null;
    return new CallRow(
        call.roomSid(),
        call.roomSid(),
        call.room(),
        orNull(call.metadata()),
        "{}",
        connected ? "completed" : "failed",
        connected ? "room_finished" : "never_connected",
        call.createdAt(),
        call.connectedAt(),
        endedAt,
        wholeSeconds(call.connectedAt(), endedAt),
        call.identities(),
        call.agent() != null,
        call.agent());
  }
}
