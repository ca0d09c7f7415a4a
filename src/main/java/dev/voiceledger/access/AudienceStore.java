package dev.voiceledger.access;

/**
 * Who of many may still see what they look at, in one question for all of them, to be asked as the
 * service. The answers are those of the row level policies and of {@link AccessStore}.
 */
public final class AudienceStore {
  /** Of persons and calls, which may see which: {@code $1} user ids, {@code $2} call ids. */
  public static final String SEEN =
      """
      select user_id, call_id from call_access
      where user_id = any ($1::uuid[]) and call_id = any ($2::uuid[])\
      """;

  /**
   * Of holders of join tokens, who may not see their call any more: {@code $1} call ids, {@code $2}
   * identities, {@code $3} when the tokens were given out, null for never, and of tokens that name
   * no call {@code $4} their rooms, {@code $5} from when on and {@code $6} until when they mean its
   * calls; answers their places, from 1. Such a token opens a later call of the room instead of one
   * in which its holder took no part.
   */
  public static final String REMOVED =
      """
      select h.place from unnest($1::uuid[], $2::text[], $3::timestamptz[], $4::text[],
        $5::timestamptz[], $6::timestamptz[]) with ordinality
        h (call_id, identity, issued, room, since, until, place)
      where h.room is not null
        and exists (
          select from voice_calls o
          join voice_calls n on n.room_name = h.room and n.room_sid is not null
            and (n.started_at, n.id) > (o.started_at, o.id) and n.started_at <= h.until
            and (n.ended_at is null or n.ended_at >= coalesce(h.since, '-infinity'))
          where o.id = h.call_id)
        and not exists (
          select from call_participants p
          where p.call_id = h.call_id and p.participant_identity = h.identity
            and p.joined_at is not null)
        or\s\
      """
          + AccessStore.removed("h.call_id", "h.identity", "coalesce(h.issued, '-infinity')");

  private AudienceStore() {}
}
