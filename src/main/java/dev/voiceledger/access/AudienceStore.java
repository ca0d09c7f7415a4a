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
   * Of holders of join tokens, who was removed: {@code $1} call ids, {@code $2} identities, {@code
   * $3} when the tokens were given out, null for never; answers their places, from 1.
   */
  public static final String REMOVED =
      "select h.place from unnest($1::uuid[], $2::text[], $3::timestamptz[]) with ordinality"
          + " h (call_id, identity, issued, place) where "
          + AccessStore.removed("h.call_id", "h.identity", "coalesce(h.issued, '-infinity')");

  private AudienceStore() {}
}
