package dev.voiceledger.message;

import static dev.voiceledger.call.Columns.column;
import static dev.voiceledger.call.Columns.texts;
import static dev.voiceledger.call.Columns.times;
import static dev.voiceledger.call.Columns.uuids;

import io.vertx.sqlclient.Tuple;
import java.util.Collection;
import java.util.List;
import java.util.UUID;

/** The writes of {@code voice_messages}, over sets of rows given as arrays. */
final class PostStore {
  /** Whose call it is; to be asked as whoever may see it. */
  static final String OWNER = "select user_id from voice_calls where id = ?1";

  /** A statement of its own: those after it see what it waited for. */
  static final String CALLS_ARE_LOCKED =
      """
      select count(*) from (
        select from voice_calls where id = any ($1::uuid[]) order by id for no key update) l\
      """;

  /** A poster who is a person must own the call or have taken part in it. */
  private static final String ADMITTED =
      """
      x.user_id is null or exists (select from call_access a
        where a.user_id = x.user_id and a.call_id = x.call and (a.is_owner or a.is_participant))\
      """;

  private static final String X =
      """
      unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[],
        $7::timestamptz[], $8::bool[], $9::bool[], $10::text[], $11::text[], $12::text[],
        $13::text[], $14::int[], $15::int[], $16::int[], $17::text[], $18::int[], $19::text[],
        $20::text[], $21::int[], $22::uuid[], $23::uuid[], $24::int[]) with ordinality
        x (call, id, segment, role, content, modality, said, final, interrupted, identity, audio,
          provider, model, tokens, input, output, cost, latency, metadata, posted_by, rank,
          user_id, digest, number, place)\
      """;

  /** A named number that is taken gets the next one that is free. */
  private static final String NUMBER =
      """
      case when a.number is null
          then a.message_seq + row_number() over (
            partition by a.call, a.known is null, a.number is null order by a.place)
        when not exists (select from voice_messages k
          where k.call_id = a.call and k.sequence_number = a.number) then a.number
        else (select k.sequence_number + 1 from voice_messages k
          where k.call_id = a.call and k.sequence_number >= a.number and not exists (
            select from voice_messages n
            where n.call_id = a.call and n.sequence_number = k.sequence_number + 1)
          order by k.sequence_number limit 1)
        end\
      """;

  /** Whom one row and another, as registers: the greater holds. */
  private static final String KEY =
      """
      (%1$s.poster_rank, %1$s.final, %1$s.timestamp_given,
        case when %1$s.timestamp_given then %1$s."timestamp" else '-infinity' end,
        %1$s.content collate "C", %1$s.post_digest)\
      """;

  static final String POSTS =
      """
      with a as materialized (
        select x.*, c.message_seq, coalesce(i.id, s.id) as known,
          coalesce(i.sequence_number, s.sequence_number) as known_number
        from\s\
      """
          + X
          + """

            join lateral (select v.message_seq from voice_calls v where v.id = x.call offset 0) c
              on true
            left join lateral (select m.id, m.sequence_number from voice_messages m
              where m.call_id = x.call and m.id = x.id offset 0) i on true
            left join lateral (select m.id, m.sequence_number from voice_messages m
              where m.call_id = x.call and m.segment_id = x.segment offset 0) s on true
            where (i.id is null or s.id is null or i.id = s.id) and (\
          """
          + ADMITTED
          + """
          ))
          insert into voice_messages as m (call_id, id, sequence_number, role, content,
            input_modality,
            "timestamp", timestamp_given, segment_id, final, interrupted, participant_identity,
            posted_by, poster_rank, post_digest, audio_url, provider, model_used, tokens_used,
            input_tokens, output_tokens, cost_usd, latency_ms, metadata)
          select a.call, coalesce(a.known, a.id), coalesce(a.known_number,\s\
          """
          + NUMBER
          + """
          ), a.role::message_role, a.content, a.modality, coalesce(a.said, now()),
            a.said is not null,
            a.segment, a.final, a.interrupted, a.identity, a.posted_by, a.rank, a.digest, a.audio,
            a.provider, a.model, a.tokens, a.input, a.output, a.cost::numeric, a.latency,
            a.metadata::jsonb
          from a order by a.place
          on conflict (call_id, id) do update set role = excluded.role, content = excluded.content,
            input_modality = excluded.input_modality, "timestamp" = excluded."timestamp",
            timestamp_given = excluded.timestamp_given, final = excluded.final,
            interrupted = excluded.interrupted,
            participant_identity = excluded.participant_identity,
            posted_by = excluded.posted_by, poster_rank = excluded.poster_rank,
            post_digest = excluded.post_digest, audio_url = excluded.audio_url,
            provider = excluded.provider, model_used = excluded.model_used,
            tokens_used = excluded.tokens_used, input_tokens = excluded.input_tokens,
            output_tokens = excluded.output_tokens, cost_usd = excluded.cost_usd,
            latency_ms = excluded.latency_ms, metadata = excluded.metadata
          where\s\
          """
          + KEY.formatted("excluded")
          + " > "
          + KEY.formatted("m")
              .replace(
                  "m.post_digest",
                  "coalesce(m.post_digest, '00000000-0000-0000-0000-000000000000')")
          + " returning m.call_id, m.id, m.xmax = 0";

  /** What stands there now for each post that its poster may know of. */
  static final String ROWS =
      """
      select x.place, i.id is not null and s.id is not null and i.id <> s.id as clash, m.*
      from unnest($1::uuid[], $2::uuid[], $3::text[], $4::uuid[]) with ordinality
        x (call, id, segment, user_id, place)
      left join lateral (select m.id from voice_messages m
        where m.call_id = x.call and m.id = x.id offset 0) i on true
      left join lateral (select m.id from voice_messages m
        where m.call_id = x.call and m.segment_id = x.segment offset 0) s on true
      join lateral (
        select m.id, m.call_id, m.sequence_number, m.role::text, m.content, m.input_modality,
          m."timestamp", m.participant_identity, m.segment_id, m.final, m.interrupted, m.audio_url,
          m.provider, m.model_used, m.tokens_used, m.input_tokens, m.output_tokens, m.cost_usd,
          m.latency_ms, m.metadata::text as metadata, m.posted_by, m.created_at, m.updated_at
        from voice_messages m
        where m.call_id = x.call and m.id = coalesce(i.id, s.id) offset 0) m on true
      where\s\
      """
          + ADMITTED;

  private PostStore() {}

  /** Binds {@link #CALLS_ARE_LOCKED}. */
  static Tuple calls(Collection<UUID> ids) {
    return Tuple.of(ids.toArray(UUID[]::new));
  }

  /** Binds {@link #POSTS}. */
  static Tuple posts(List<Post> posts) {
    List<Said> said = posts.stream().map(Post::said).toList();
    return Tuple.from(
        new Object[] {
          uuids(posts, Post::callId),
          uuids(posts, Post::id),
          texts(posts, Post::segmentId),
          texts(said, Said::role),
          texts(said, Said::content),
          texts(said, Said::inputModality),
          times(said, Said::said),
          column(said, Said::isFinal, Boolean[]::new),
          column(said, Said::interrupted, Boolean[]::new),
          texts(posts, Post::identity),
          texts(said, Said::audioUrl),
          texts(said, Said::provider),
          texts(said, Said::modelUsed),
          column(said, Said::tokensUsed, Integer[]::new),
          column(said, Said::inputTokens, Integer[]::new),
          column(said, Said::outputTokens, Integer[]::new),
          texts(said, one -> one.costUsd() == null ? null : one.costUsd().toPlainString()),
          column(said, Said::latencyMs, Integer[]::new),
          texts(said, Said::metadata),
          texts(posts, post -> post.poster().postedBy()),
          column(posts, post -> post.poster().rank(), Integer[]::new),
          uuids(posts, post -> post.poster().userId()),
          uuids(posts, Post::digest),
          column(said, Said::number, Integer[]::new)
        });
  }

  /** Binds {@link #ROWS}. */
  static Tuple keys(List<Post> posts) {
    return Tuple.of(
        uuids(posts, Post::callId),
        uuids(posts, Post::id),
        texts(posts, Post::segmentId),
        uuids(posts, post -> post.poster().userId()));
  }
}
