package dev.voiceledger.message;

import static dev.voiceledger.call.Columns.column;
import static dev.voiceledger.call.Columns.texts;
import static dev.voiceledger.call.Columns.times;
import static dev.voiceledger.call.Columns.uuids;

import io.vertx.sqlclient.Tuple;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;

/** The writes of {@code voice_messages}, over sets of rows given as arrays. */
final class PostStore {
  /** A statement of its own: those after it see what it waited for. */
  static final String CALLS_ARE_LOCKED =
      """
      select count(*) from (
        select from voice_calls where id = any ($1::uuid[]) order by id for no key update) l\
      """;

  /**
   * A poster who is a person must own the call or have taken part in it; the holder of a join token
   * must not have been removed since it was issued.
   */
  static final String ADMITTED =
      """
      (x.user_id is null or exists (select from call_access a
        where a.user_id = x.user_id and a.call_id = x.call and (a.is_owner or a.is_participant)))
      and (x.joined is null or not exists (select from call_participants p
        where p.call_id = x.call and p.participant_identity = x.joined
          and p.disconnect_reason = 'PARTICIPANT_REMOVED'
          and coalesce(p.left_at >= x.issued, true)))\
      """;

  /**
   * The rows that a post may mean: by its id and by its segment. While the table is empty, an index
   * on the call alone looks as good to the planner as one on the call and the id, and the plan made
   * then would read through each call, until statistics come. What is asked for in an order, only
   * the right index has at no further cost.
   */
  static final String MEANT =
      """

      left join lateral (select m.* from voice_messages m
        where m.call_id = x.call and m.id between x.id and x.id
        order by m.id limit 1) i on true
      left join lateral (select m.* from voice_messages m
        where m.call_id = x.call and m.segment_id between x.segment and x.segment
        order by m.segment_id limit 1) s on true
      """;

  /** Id and segment are those of two messages, or the id's message has another segment. */
  static final String CLASHES =
      """
      (i.id <> s.id or s.id is null and x.segment <> 'id:' || x.id
        and i.segment_id <> 'id:' || i.id)\
      """;

  /** Whom one row and another, as registers: the greater holds. */
  private static final String KEY =
      """
      (%1$s.poster_rank, %1$s.final, %1$s.timestamp_given,
        case when %1$s.timestamp_given then %1$s."timestamp" else '-infinity' end,
        %1$s.content collate "C",
        coalesce(%1$s.post_digest, '00000000-0000-0000-0000-000000000000'))\
      """;

  /**
   * A post with an id and a segment says that what was posted under either is one message: two rows
   * become the one that holds, at the lesser number, and a row of one name gets the other. A lesser
   * poster cannot do that to what a greater one wrote.
   */
  static final String NAMES_ARE_JOINED =
      """
      with a as materialized (
        select x.call, x.id, x.segment, least(i.sequence_number, s.sequence_number) as number,
          least(i.created_at, s.created_at) as created_at,
          case when s.id is null or %1$s > %2$s then i.id else s.id end as kept,
          case when s.id is null or i.id is null then null
            when %1$s > %2$s then s.id else i.id end as lost
        from unnest($1::uuid[], $2::uuid[], $3::text[], $4::uuid[], $5::text[],
          $6::timestamptz[], $7::int[]) x (call, id, segment, user_id, joined, issued, rank)
        %3$s
        where i.id is distinct from s.id and coalesce(i.segment_id = 'id:' || i.id, true)
          and coalesce(not s.id_given, true)
          and x.rank >= greatest(i.poster_rank, s.poster_rank)
          and %4$s),
      gone as (
        delete from voice_messages m using a where m.call_id = a.call and m.id = a.lost
        returning m.call_id, m.id)
      update voice_messages m
        set id = a.id, id_given = true, segment_id = a.segment, sequence_number = a.number,
          created_at = a.created_at
        from a left join gone g on g.call_id = a.call and g.id = a.lost
        where m.call_id = a.call and m.id = a.kept and (a.lost is null or g.id is not null)
        returning m.id, false as fresh, a.kept as was, coalesce(a.lost, a.kept) as lost\
      """
          .formatted(KEY.formatted("i"), KEY.formatted("s"), MEANT, ADMITTED);

  /**
   * A named number that is taken gets the next one that is free; where the next thousand are taken
   * as well, the one after the last, so that no post reads through a long call.
   */
  private static final String NUMBER =
      """
      case when a.number is null
          then a.message_seq + row_number() over (
            partition by a.call, a.known is null, a.number is null order by a.place)
        when not exists (select from voice_messages k
          where k.call_id = a.call and k.sequence_number = a.number) then a.number
        else coalesce((
            select g.number
            from (select k.sequence_number + 1 as number,
                lead(k.sequence_number) over (order by k.sequence_number) as next
              from (select m.sequence_number from voice_messages m
                where m.call_id = a.call and m.sequence_number >= a.number
                order by m.sequence_number limit 1000) k) g
            where g.next > g.number or g.next is null and not exists (
              select from voice_messages n
              where n.call_id = a.call and n.sequence_number = g.number)
            order by g.number limit 1),
          a.message_seq + 1)
        end\
      """;

  static final String POSTS =
      """
      with a as materialized (
        select x.*, c.message_seq, coalesce(i.id, s.id) as known,
          coalesce(i.sequence_number, s.sequence_number) as known_number
        from unnest($1::uuid[], $2::uuid[], $3::text[], $4::uuid[], $5::text[],
          $6::timestamptz[], $7::int[], $8::bool[], $9::text[], $10::text[], $11::text[],
          $12::timestamptz[], $13::bool[], $14::bool[], $15::text[], $16::text[], $17::text[],
          $18::text[], $19::int[], $20::int[], $21::int[], $22::text[], $23::int[], $24::text[],
          $25::text[], $26::uuid[], $27::int[])
          with ordinality x (call, id, segment, user_id, joined, issued, rank, id_given,
            role, content, modality, said, final, interrupted,
            identity, audio, provider, model, tokens, input, output,
            cost, latency, metadata, posted_by, digest, number, place)
        join lateral (select v.message_seq from voice_calls v where v.id = x.call offset 0) c
          on true
        %1$s
        where (%2$s) is not true and %3$s)
      insert into voice_messages as m (call_id, id, id_given, sequence_number, role, content,
        input_modality, "timestamp", timestamp_given, segment_id, final, interrupted,
        participant_identity, posted_by, poster_rank, post_digest, audio_url, provider,
        model_used, tokens_used, input_tokens, output_tokens, cost_usd, latency_ms, metadata)
      select a.call, coalesce(a.known, a.id), a.id_given, coalesce(a.known_number, %4$s),
        a.role::message_role, a.content, a.modality, coalesce(a.said, now()), a.said is not null,
        a.segment, a.final, a.interrupted, a.identity, a.posted_by, a.rank, a.digest, a.audio,
        a.provider, a.model, a.tokens, a.input, a.output, a.cost::numeric, a.latency,
        a.metadata::jsonb
      from a order by a.place
      on conflict (call_id, id) do update set role = excluded.role, content = excluded.content,
        input_modality = excluded.input_modality, "timestamp" = excluded."timestamp",
        timestamp_given = excluded.timestamp_given, final = excluded.final,
        interrupted = excluded.interrupted, participant_identity = excluded.participant_identity,
        posted_by = excluded.posted_by, poster_rank = excluded.poster_rank,
        post_digest = excluded.post_digest, audio_url = excluded.audio_url,
        provider = excluded.provider, model_used = excluded.model_used,
        tokens_used = excluded.tokens_used, input_tokens = excluded.input_tokens,
        output_tokens = excluded.output_tokens, cost_usd = excluded.cost_usd,
        latency_ms = excluded.latency_ms, metadata = excluded.metadata
      where %5$s > %6$s
      returning m.id, m.xmax = 0 as fresh, m.id as was, m.id as lost\
      """
          .formatted(
              MEANT, CLASHES, ADMITTED, NUMBER, KEY.formatted("excluded"), KEY.formatted("m"));

  private PostStore() {}

  /** Binds {@link #CALLS_ARE_LOCKED}. */
  static Tuple calls(Collection<UUID> ids) {
    return Tuple.of(ids.toArray(UUID[]::new));
  }

  /**
   * Binds {@link #NAMES_ARE_JOINED} and {@link PostedStore#ROWS}, and the first of {@link #POSTS}.
   */
  static Tuple names(Collection<Post> posts) {
    List<Poster> posters = posts.stream().map(Post::poster).toList();
    return Tuple.from(
        new Object[] {
          uuids(posts, Post::callId),
          uuids(posts, Post::id),
          texts(posts, Post::segmentId),
          uuids(posters, Poster::userId),
          texts(posters, Poster::joined),
          times(posters, Poster::issued),
          column(posters, Poster::rank, Integer[]::new)
        });
  }

  /** Binds {@link #POSTS}. */
  static Tuple posts(List<Post> posts) {
    List<Said> said = posts.stream().map(Post::said).toList();
    Tuple row = names(posts);
    Stream.of(
            column(posts, Post::namesId, Boolean[]::new),
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
            uuids(posts, Post::digest),
            column(posts, Post::number, Integer[]::new))
        .forEach(row::addValue);
    return row;
  }
}
