package dev.voiceledger.transcript;

import dev.voiceledger.platform.Database;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.UUID;

/** What a transcript is made of, read within the caller's transaction. */
@ApplicationScoped
class TranscriptStore {
  private static final String CALL =
      """
      select c.title, c.room_name, c.duration_seconds, c.message_count,
        cast(extract(epoch from coalesce(c.connected_at, c.started_at)) * 1000 as bigint)
      from voice_calls c where c.id = ?1\
      """;

  /** Later connections last: their name holds. */
  private static final String PEOPLE =
      """
      select p.participant_identity, p.participant_name, cast(p.participant_type as text)
      from call_participants p
      where p.call_id = ?1 and p.participant_identity <> '' and not p.is_recorder
        and coalesce(p.kind, '') not in ('EGRESS', 'INGRESS')
      order by p.created_at, p.participant_sid limit 1000\
      """;

  private static final String ORDER =
      """
      select m.sequence_number, cast(extract(epoch from m."timestamp") * 1000 as bigint),
        left(m.metadata #>> '{metrics,started_speaking_at}', 32),
        left(m.metadata #>> '{metrics,stopped_speaking_at}', 32),
        hashtext(coalesce(m.participant_identity, cast(m.role as text))),
        octet_length(m.content)
      from voice_messages m where m.call_id = ?1 and m.sequence_number > ?2
      order by m.sequence_number limit ?3\
      """;

  private static final String TURNS =
      """
      select m.id, m.sequence_number, cast(m.role as text), m.content, m.input_modality, m.final,
        m.interrupted, m.participant_identity, m."timestamp"
      from voice_messages m where m.call_id = ?1
        and m.sequence_number = any (cast(string_to_array(?2, ',') as integer[]))\
      """;

  private final Database database;

  TranscriptStore(Database database) {
    this.database = database;
  }

  Uni<List<Object[]>> call(UUID callId) {
    return database.ask(CALL, Object[].class, callId);
  }

  Uni<List<Object[]>> people(UUID callId) {
    return database.ask(PEOPLE, Object[].class, callId);
  }

  Uni<List<Object[]>> order(UUID callId, int afterNumber, int rowsMax) {
    return database.ask(ORDER, Object[].class, callId, afterNumber, rowsMax);
  }

  /**
   * @param numbers parted by commas
   */
  Uni<List<Object[]>> turns(UUID callId, String numbers) {
    return database.ask(TURNS, Object[].class, callId, numbers);
  }
}
