package dev.voiceledger.call;

import static dev.voiceledger.call.Columns.column;
import static dev.voiceledger.call.Columns.texts;
import static dev.voiceledger.call.Columns.times;
import static dev.voiceledger.call.Columns.uuids;

import dev.voiceledger.call.ParticipantFacts.Info;
import dev.voiceledger.call.ParticipantFacts.Mute;
import io.vertx.sqlclient.Tuple;
import java.util.Collection;
import java.util.function.Function;

/** The write of {@code call_participants}, over a sorted set of rows given as arrays. */
public final class ParticipantStore {
  /** What goes together has one key: the greatest holds. {@code is_muted} has its own. */
  public static final String PARTICIPANTS =
      """
      insert into call_participants as p (call_id, participant_sid, participant_identity, user_id,
        joined_at, last_alive_at, left_reported_at, left_inferred_at, disconnect_reason, info_key,
        participant_name, kind, is_recorder, metadata, attributes, muted_key, is_muted)
      select x.call, x.sid, x.identity, x.user_id, x.joined, x.alive, x.gone, x.missed, x.reason,
        x.key, x.name, x.kind, x.recorder, x.metadata, x.attributes::jsonb, x.muted_key, x.muted
      from unnest($1::uuid[], $2::text[], $3::text[], $4::uuid[], $5::timestamptz[],
        $6::timestamptz[], $7::timestamptz[], $8::text[], $9::text[], $10::text[], $11::text[],
        $12::bool[], $13::text[], $14::text[], $15::timestamptz[], $16::text[], $17::bool[])
        x (call, sid, identity, user_id, joined, alive, gone, reason, key, name, kind, recorder,
          metadata, attributes, missed, muted_key, muted)
      join lateral (select from voice_calls c where c.id = x.call offset 0) c on true
      on conflict (call_id, participant_sid) do update set
        participant_identity = least(p.participant_identity, excluded.participant_identity),
        user_id = case when least(p.participant_identity, excluded.participant_identity)
            = p.participant_identity then p.user_id else excluded.user_id end,
        joined_at = least(p.joined_at, excluded.joined_at),
        last_alive_at = greatest(p.last_alive_at, excluded.last_alive_at),
        disconnect_reason = case
          when excluded.left_reported_at is null then p.disconnect_reason
          when p.left_reported_at is null or excluded.left_reported_at > p.left_reported_at
            then excluded.disconnect_reason
          when excluded.left_reported_at = p.left_reported_at
            then least(p.disconnect_reason, excluded.disconnect_reason)
          else p.disconnect_reason end,
        left_reported_at = greatest(p.left_reported_at, excluded.left_reported_at),
        left_inferred_at = greatest(p.left_inferred_at, excluded.left_inferred_at),
        participant_name = case when excluded.info_key > coalesce(p.info_key, '')
          then excluded.participant_name else p.participant_name end,
        kind = case when excluded.info_key > coalesce(p.info_key, '')
          then excluded.kind else p.kind end,
        is_recorder = case when excluded.info_key > coalesce(p.info_key, '')
          then excluded.is_recorder else p.is_recorder end,
        metadata = case when excluded.info_key > coalesce(p.info_key, '')
          then excluded.metadata else p.metadata end,
        attributes = case when excluded.info_key > coalesce(p.info_key, '')
          then excluded.attributes else p.attributes end,
        info_key = greatest(p.info_key, excluded.info_key),
        is_muted = case when excluded.muted_key > coalesce(p.muted_key, '')
          then excluded.is_muted else p.is_muted end,
        muted_key = greatest(p.muted_key, excluded.muted_key)
      where (least(p.participant_identity, excluded.participant_identity),
        least(p.joined_at, excluded.joined_at),
        greatest(p.last_alive_at, excluded.last_alive_at),
        greatest(p.left_reported_at, excluded.left_reported_at),
        greatest(p.left_inferred_at, excluded.left_inferred_at),
        greatest(p.info_key, excluded.info_key),
        greatest(p.muted_key, excluded.muted_key)) is distinct from (
        p.participant_identity, p.joined_at, p.last_alive_at, p.left_reported_at,
        p.left_inferred_at, p.info_key, p.muted_key)
        or excluded.left_reported_at = p.left_reported_at
          and excluded.disconnect_reason < p.disconnect_reason\
      """;

  private ParticipantStore() {}

  /** Binds {@link #PARTICIPANTS}. */
  public static Tuple facts(Collection<ParticipantFacts> participants) {
    return Tuple.from(
        new Object[] {
          uuids(participants, ParticipantFacts::callId),
          texts(participants, ParticipantFacts::sid),
          texts(participants, ParticipantFacts::identity),
          uuids(participants, ParticipantFacts::userId),
          times(participants, ParticipantFacts::joinedAt),
          times(participants, ParticipantFacts::lastAliveAt),
          times(participants, ParticipantFacts::leftReportedAt),
          texts(participants, ParticipantFacts::disconnectReason),
          texts(participants, info(Info::key, null)),
          texts(participants, info(Info::name, null)),
          texts(participants, info(Info::kind, null)),
          column(participants, info(Info::recorder, false), Boolean[]::new),
          texts(participants, info(Info::metadata, null)),
          texts(participants, info(Info::attributes, "{}")),
          times(participants, ParticipantFacts::leftInferredAt),
          texts(participants, mute(Mute::key, null)),
          column(participants, mute(Mute::muted, false), Boolean[]::new)
        });
  }

  private static <T> Function<ParticipantFacts, T> info(Function<Info, T> field, T otherwise) {
    return facts -> facts.info() == null ? otherwise : field.apply(facts.info());
  }

  private static <T> Function<ParticipantFacts, T> mute(Function<Mute, T> field, T otherwise) {
    return facts -> facts.mute() == null ? otherwise : field.apply(facts.mute());
  }
}
