package dev.voiceledger.call;

import static dev.voiceledger.call.Columns.texts;
import static dev.voiceledger.call.Columns.times;
import static dev.voiceledger.call.Columns.uuids;
import static java.util.stream.Collectors.joining;

import io.vertx.sqlclient.Tuple;
import java.util.Collection;
import java.util.List;
import java.util.UUID;

/**
 * Writes of {@code voice_calls}, each over a sorted set of rows given as arrays. The lateral
 * look-ups with {@code offset 0} keep the plans on the primary keys, whatever the statistics say of
 * young tables.
 */
public final class CallStore {
  /** A participant whose identity is a uuid is a user, known from then on. */
  public static final String USERS_ARE_KNOWN =
      """
      insert into users (id) select x.id from unnest($1::uuid[]) x (id) on conflict do nothing\
      """;

  /** No conflict target: all unique indexes arbitrate, and a concurrent twin is waited for. */
  public static final String NEW_CALLS =
      """
      insert into voice_calls (id, room_sid, session_id, room_name, room_created_at, first_event_at,
        restarted_at, last_alive_at, end_reported_at, room_info_key, room_metadata)
      select x.id, x.sid, x.sid, x.name, x.created, x.first, x.restarted, x.alive, x.ended,
        x.key, x.metadata
      from unnest($1::uuid[], $2::text[], $3::text[], $4::timestamptz[], $5::timestamptz[],
        $6::timestamptz[], $7::timestamptz[], $8::timestamptz[], $9::text[], $10::text[])
        x (id, sid, name, created, first, restarted, alive, ended, key, metadata)
      left join lateral (select true as old from voice_calls c where c.id = x.id offset 0) y on true
      left join lateral (select true as gone from erased_calls e where e.call_id = x.id offset 0) z
        on true
      where y.old is null and z.gone is null
      on conflict do nothing\
      """;

  /** A statement of its own: those after it see what it waited for. */
  public static final String CALLS_ARE_LOCKED =
      """
      select count(*) from (
        select from voice_calls where id = any ($1::uuid[]) order by id for no key update) l\
      """;

  /** Rows that already say as much are not written again. */
  public static final String FACTS_OF_CALLS =
      """
      update voice_calls c set
        room_name = least(c.room_name, x.name),
        room_created_at = least(c.room_created_at, x.created),
        first_event_at = least(c.first_event_at, x.first),
        restarted_at = greatest(c.restarted_at, x.restarted),
        last_alive_at = greatest(c.last_alive_at, x.alive),
        end_reported_at = greatest(c.end_reported_at, x.ended),
        room_metadata = case when x.key > coalesce(c.room_info_key, '')
          then x.metadata else c.room_metadata end,
        room_info_key = greatest(c.room_info_key, x.key)
      from unnest($1::uuid[], $2::text[], $3::text[], $4::timestamptz[], $5::timestamptz[],
        $6::timestamptz[], $7::timestamptz[], $8::timestamptz[], $9::text[], $10::text[])
        x (id, sid, name, created, first, restarted, alive, ended, key, metadata)
      where c.id = x.id and (
        least(c.room_name, x.name), least(c.room_created_at, x.created),
        least(c.first_event_at, x.first), greatest(c.restarted_at, x.restarted),
        greatest(c.last_alive_at, x.alive), greatest(c.end_reported_at, x.ended),
        greatest(c.room_info_key, x.key)) is distinct from (
        c.room_name, c.room_created_at, c.first_event_at, c.restarted_at, c.last_alive_at,
        c.end_reported_at, c.room_info_key)\
      """;

  /**
   * Whoever asked first keeps the call; somebody else's asking for the same room changes nothing.
   */
  public static final String OPENINGS =
      """
      update voice_calls c set
        opened_by = x.opened_by,
        user_id = coalesce(c.user_id, x.user_id),
        title = coalesce(c.title, x.title),
        metadata = x.metadata::jsonb || c.metadata,
        agent_named = coalesce(c.agent_named, x.agent),
        invited_user_ids = case when c.invited_user_ids = '{}'
          then x.invited::uuid[] else c.invited_user_ids end
      from unnest($1::uuid[], $2::text[], $3::uuid[], $4::text[], $5::text[], $6::text[],
        $7::text[]) x (id, opened_by, user_id, title, metadata, agent, invited)
      where c.id = x.id and c.opened_by is null\
      """;

  /** A key knows its call from the moment that the call is there, or it would make another. */
  public static final String KEYS_KNOW_CALLS =
      """
      update idempotency_keys k set call_id = x.id
      from unnest($1::uuid[], $2::text[], $3::text[]) x (id, caller, key)
      where k.caller = x.caller and k.key = x.key and k.call_id is null
        and exists (select from voice_calls c where c.id = x.id)\
      """;

  /**
   * Whoever ends a call by the API ends it, whoever's clock is behind: that end is not before what
   * was seen of the call until now. The reconciler's gives way to all that was seen later.
   */
  public static final String INFERRED_ENDS =
      """
      update voice_calls c set
        end_inferred_at = case when x.reason = 'reconciled' then x.at
          else greatest(x.at, c.last_alive_at, c.restarted_at) end,
        end_inferred_reason = x.reason
      from unnest($1::uuid[], $2::timestamptz[], $3::text[]) x (id, at, reason)
      where c.id = x.id and (x.at > coalesce(c.end_inferred_at, '-infinity')
        or x.at = c.end_inferred_at and x.reason < c.end_inferred_reason)\
      """;

  private CallStore() {}

  /** Binds {@link #USERS_ARE_KNOWN}. */
  public static Tuple users(List<UUID> ids) {
    return Tuple.of(ids.toArray(UUID[]::new));
  }

  /** Binds {@link #CALLS_ARE_LOCKED}. */
  public static Tuple ids(Collection<CallFacts> calls) {
    return Tuple.of(uuids(calls, CallFacts::id));
  }

  /** Binds {@link #OPENINGS}. */
  public static Tuple openings(Collection<CallFacts> opened) {
    return Tuple.from(
        new Object[] {
          uuids(opened, CallFacts::id),
          texts(opened, facts -> facts.opening().openedBy()),
          uuids(opened, facts -> facts.opening().userId()),
          texts(opened, facts -> facts.opening().title()),
          texts(opened, facts -> facts.opening().metadata()),
          texts(opened, facts -> facts.opening().agentNamed()),
          texts(opened, facts -> arrayLiteral(facts.opening().invitedUserIds()))
        });
  }

  /** Binds {@link #KEYS_KNOW_CALLS}. */
  public static Tuple keys(Collection<CallFacts> opened) {
    return Tuple.of(
        uuids(opened, CallFacts::id),
        texts(opened, facts -> facts.opening().openedBy()),
        texts(opened, facts -> facts.opening().key()));
  }

  /** Arrays of arrays must be of one length: so each goes as text. */
  private static String arrayLiteral(List<UUID> ids) {
    return ids.stream().map(UUID::toString).collect(joining(",", "{", "}"));
  }

  /** Binds {@link #INFERRED_ENDS}. */
  public static Tuple inferredEnds(Collection<CallFacts> over) {
    return Tuple.from(
        new Object[] {
          uuids(over, CallFacts::id),
          times(over, facts -> facts.inferredEnd().at()),
          texts(over, facts -> facts.inferredEnd().reason())
        });
  }

  /** Binds {@link #NEW_CALLS} and {@link #FACTS_OF_CALLS}. */
  public static Tuple facts(Collection<CallFacts> calls) {
    return Tuple.from(
        new Object[] {
          uuids(calls, CallFacts::id),
          texts(calls, CallFacts::roomSid),
          texts(calls, CallFacts::roomName),
          times(calls, CallFacts::roomCreatedAt),
          times(calls, CallFacts::firstEventAt),
          times(calls, CallFacts::restartedAt),
          times(calls, CallFacts::lastAliveAt),
          times(calls, CallFacts::endReportedAt),
          texts(calls, CallFacts::infoKey),
          texts(calls, CallFacts::roomMetadata)
        });
  }
}
