package dev.voiceledger.message;

import dev.voiceledger.history.Changed;
import dev.voiceledger.history.ChangedStore;
import io.vertx.sqlclient.Row;

/** Many messages at once, by their keys, as {@link ChangedStore} has the other rows. */
public final class ChangedMessageStore {
  /** {@code $1} call ids, {@code $2} ids beside them, as text. */
  public static final String MESSAGES =
      """
      select m.id, m.call_id, m.sequence_number, m.role::text as role, m.content,
        m.input_modality, m."timestamp", m.participant_identity, m.segment_id, m.final,
        m.interrupted, m.audio_url, m.provider, m.model_used, m.tokens_used, m.input_tokens,
        m.output_tokens, m.cost_usd, m.latency_ms, m.metadata::text as metadata, m.posted_by,
        m.created_at, m.updated_at,\s\
      """
          + ChangedStore.VERSION.formatted("m")
          + """
             from unnest($1::uuid[], $2::text[]) k (call_id, key)
            join voice_messages m on m.call_id = k.call_id and m.id = k.key::uuid\
          """;

  /** How long they are, as {@link ChangedStore#CALL_LENGTHS} has it. */
  public static final String MESSAGE_LENGTHS =
      """
      select m.call_id, m.id::text as key, octet_length(m::text) as length
      from unnest($1::uuid[], $2::text[]) k (call_id, key)
      join voice_messages m on m.call_id = k.call_id and m.id = k.key::uuid\
      """;

  private ChangedMessageStore() {}

  /** A row of {@link #MESSAGES}. */
  public static Changed message(Row row) {
    MessageView shown = MessageView.of(row);
    return new Changed(shown.callId(), shown.id().toString(), row.getLong("version"), shown);
  }
}
