package dev.voiceledger.history;

import dev.voiceledger.platform.Times;
import io.vertx.sqlclient.Row;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * Many rows at once, by their keys: {@code $1} call ids and, but for calls, {@code $2} keys beside
 * them. Each becomes what its route shows.
 */
public final class ChangedStore {
  /** A row's time of change rises with each of its states, so it serves as their number. */
  public static final String VERSION =
      "(extract(epoch from %s.updated_at) * 1000000)::bigint as version";

  public static final String CALLS =
      """
      select c.id, c.session_id, c.room_name, c.room_sid, c.title, c.user_id,
        c.status::text as status, c.started_at, c.connected_at, c.ended_at, c.duration_seconds,
        c.end_reason, c.participant_count, c.message_count, c.total_tokens_used, c.input_tokens,
        c.output_tokens, c.cost_usd, c.cost_cents, c.ai_agent_used, c.agent_name, c.recording_url,
        c.transcript_url, c.summary, c.metadata::text as metadata, c.room_metadata,
        c.invited_user_ids, c.context_type, c.voice_session_id, c.extracted_intent,
        c.intent_payload::text as intent_payload, c.linked_goal_id, c.linked_task_id,
        c.completeness, c.created_at, c.updated_at,\s\
      """
          + VERSION.formatted("c")
          + " from voice_calls c where c.id = any ($1::uuid[])";

  public static final String PARTICIPANTS =
      """
      select p.call_id, p.participant_sid, p.participant_identity, p.participant_name,
        p.participant_type::text as participant_type, p.kind, p.user_id, p.joined_at, p.left_at,
        p.duration_seconds, p.disconnect_reason, p.is_muted, p.metadata,
        p.attributes::text as attributes,\s\
      """
          + VERSION.formatted("p")
          + """
             from unnest($1::uuid[], $2::text[]) k (call_id, key)
            join call_participants p on p.call_id = k.call_id and p.participant_sid = k.key\
          """;

  public static final String RECORDINGS =
      """
      select r.call_id, r.egress_id, r.status, r.url, r.started_at, r.ended_at,
        r.duration_seconds, r.size_bytes, r.error,\s\
      """
          + VERSION.formatted("r")
          + """
             from unnest($1::uuid[], $2::text[]) k (call_id, key)
            join call_recordings r on r.call_id = k.call_id and r.egress_id = k.key\
          """;

  /** How long the rows are as text, by call and key, so that none has to be read to know it. */
  public static final String CALL_LENGTHS =
      """
      select c.id as call_id, '' as key, octet_length(c::text) as length
      from voice_calls c where c.id = any ($1::uuid[])\
      """;

  public static final String PARTICIPANT_LENGTHS =
      """
      select p.call_id, p.participant_sid as key, octet_length(p::text) as length
      from unnest($1::uuid[], $2::text[]) k (call_id, key)
      join call_participants p on p.call_id = k.call_id and p.participant_sid = k.key\
      """;

  public static final String RECORDING_LENGTHS =
      """
      select r.call_id, r.egress_id as key, octet_length(r::text) as length
      from unnest($1::uuid[], $2::text[]) k (call_id, key)
      join call_recordings r on r.call_id = k.call_id and r.egress_id = k.key\
      """;

  private ChangedStore() {}

  /** A row of {@link #CALLS}. */
  public static Changed call(Row row) {
    CallView shown = view(row);
    return new Changed(shown.id(), "", row.getLong("version"), shown);
  }

  private static CallView view(Row row) {
    return new CallView(
        row.getUUID("id"),
        row.getString("session_id"),
        row.getString("room_name"),
        row.getString("room_sid"),
        row.getString("title"),
        row.getUUID("user_id"),
        row.getString("status"),
        time(row, "started_at"),
        time(row, "connected_at"),
        time(row, "ended_at"),
        row.getInteger("duration_seconds"),
        row.getString("end_reason"),
        row.getInteger("participant_count"),
        row.getInteger("message_count"),
        row.getLong("total_tokens_used"),
        row.getLong("input_tokens"),
        row.getLong("output_tokens"),
        row.getBigDecimal("cost_usd"),
        row.getLong("cost_cents"),
        row.getBoolean("ai_agent_used"),
        row.getString("agent_name"),
        row.getString("recording_url"),
        row.getString("transcript_url"),
        row.getString("summary"),
        row.getString("metadata"),
        row.getString("room_metadata"),
        uuids(row.getArrayOfUUIDs("invited_user_ids")),
        row.getString("context_type"),
        row.getString("voice_session_id"),
        row.getString("extracted_intent"),
        row.getString("intent_payload"),
        row.getUUID("linked_goal_id"),
        row.getUUID("linked_task_id"),
        row.getString("completeness"),
        time(row, "created_at"),
        time(row, "updated_at"),
        null);
  }

  /** A row of {@link #PARTICIPANTS}. */
  public static Changed participant(Row row) {
    Participant.View shown =
        new Participant.View(
            row.getUUID("call_id"),
            row.getString("participant_sid"),
            row.getString("participant_identity"),
            row.getString("participant_name"),
            row.getString("participant_type"),
            row.getString("kind"),
            row.getUUID("user_id"),
            time(row, "joined_at"),
            time(row, "left_at"),
            row.getInteger("duration_seconds"),
            row.getString("disconnect_reason"),
            row.getBoolean("is_muted"),
            row.getString("metadata"),
            row.getString("attributes"));
    return new Changed(shown.callId(), shown.participantSid(), row.getLong("version"), shown);
  }

  /** A row of {@link #RECORDINGS}. */
  public static Changed recording(Row row) {
    Recording.View shown =
        new Recording.View(
            row.getUUID("call_id"),
            row.getString("egress_id"),
            row.getString("status"),
            row.getString("url"),
            time(row, "started_at"),
            time(row, "ended_at"),
            row.getInteger("duration_seconds"),
            row.getLong("size_bytes"),
            row.getString("error"));
    return new Changed(shown.callId(), shown.egressId(), row.getLong("version"), shown);
  }

  private static String time(Row row, String column) {
    OffsetDateTime time = row.getOffsetDateTime(column);
    return time == null ? null : Times.text(time.toInstant());
  }

  private static List<UUID> uuids(UUID[] array) {
    return Stream.of(array).filter(Objects::nonNull).toList();
  }
}
