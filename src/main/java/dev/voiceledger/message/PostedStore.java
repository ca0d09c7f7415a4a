package dev.voiceledger.message;

/** What is read back of {@code voice_messages} by the group that wrote. */
final class PostedStore {
  /** Whether a row's texts are shown: with those of all smaller ones they are not too much. */
  private static final String FITS =
      """
      (%1$s) is not true
          and sum(case when %1$s then 0 else m.bytes end) over room <= 16777216\
      """
          .formatted(PostStore.CLASHES);

  /**
   * What stands there now for each post that its poster may know of. The largest, should they be
   * too much together, come without their texts; those that clash are not shown, so without too.
   */
  static final String ROWS =
      """
      select x.place, coalesce(%1$s, false) as clash,
        m.id, m.call_id, m.sequence_number, m.role::text, m.input_modality, m."timestamp",
        m.participant_identity, m.segment_id, m.final, m.interrupted, m.audio_url, m.provider,
        m.model_used, m.tokens_used, m.input_tokens, m.output_tokens, m.cost_usd, m.latency_ms,
        m.posted_by, m.created_at, m.updated_at,
        case when %4$s then m.metadata_text end as metadata,
        case when %4$s then m.content end as content
      from unnest($1::uuid[], $2::uuid[], $3::text[], $4::uuid[], $5::text[],
        $6::timestamptz[], $7::int[]) with ordinality
        x (call, id, segment, user_id, joined, issued, rank, place)
      %2$s
      join lateral (
        select t.*, octet_length(t.content) + octet_length(t.metadata_text) as bytes
        from (select v.*, v.metadata::text as metadata_text from voice_messages v
          where v.call_id = x.call and v.id between coalesce(i.id, s.id) and coalesce(i.id, s.id)
          order by v.id limit 1) t) m on true
      where %3$s
      window room as (order by m.bytes, x.place rows unbounded preceding)\
      """
          .formatted(PostStore.CLASHES, PostStore.MEANT, PostStore.ADMITTED, FITS);

  private PostedStore() {}
}
