package dev.voiceledger.access;

import dev.voiceledger.platform.Database;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * Finds the one call that a name stands for; every answer has at most one row. Values are told as
 * text, which the client sends whatever PostgreSQL then makes of it.
 */
@ApplicationScoped
class AccessStore {
  private static final Pattern UUID_TEXT =
      Pattern.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}");

  /**
   * Under the caller's own role. What a room says of itself comes before what somebody wrote into a
   * row without a room: session ids of these are free text, and must stand in nobody's way.
   */
  private static final String NAMED =
      """
      select id from (
        select 1 as place, id from voice_calls
          where id = any (cast(cast(?2 as text) as uuid[]))
        union all
        select case when room_sid is null then 4 else 2 end, id
          from voice_calls where session_id = ?1
        union all
        (select 3, id from voice_calls
          where room_name = ?1 and room_sid is not null %s
          order by started_at desc, id desc limit 1)
      ) named
      order by place limit 1\
      """;

  private static final String NAMED_TO_OPERATORS = NAMED.formatted("");

  /** Row level security says the same, in a form that hides the index from the planner. */
  private static final String NAMED_TO_USERS =
      NAMED.formatted(
          "and id in (select call_id from call_access"
              + " where user_id = cast(cast(?3 as text) as uuid))");

  /** Who was removed from a call stays out of it, until somebody gives out a new token. */
  private static final String NOT_REMOVED =
      "not " + removed("c.id", "?4", "cast(cast(?5 as text) as timestamptz)");

  /** A token of ours: its call, and that one only in its own room. */
  private static final String OPENED_BY_ID =
      """
      select c.id from voice_calls c
      where c.id = cast(cast(?6 as text) as uuid) and c.room_name = ?3
        and (c.id = any (cast(cast(?2 as text) as uuid[])) or c.session_id = ?1 or c.room_name = ?1)
        and\s\
      """
          + NOT_REMOVED;

  /** Any other: calls of its room in its time, the newest or those in which it took part. */
  private static final String OPENED_BY_ROOM =
      """
      with meant as not materialized (
        select id, session_id, room_name, started_at from voice_calls
        where room_name = ?3 and room_sid is not null
          and started_at <= cast(cast(?7 as text) as timestamptz)
          and (ended_at is null or ended_at >= cast(cast(?6 as text) as timestamptz))
      ), newest as materialized (
        select id from meant order by started_at desc, id desc limit 1
      )
      select c.id from meant c
      where (c.id = any (cast(cast(?2 as text) as uuid[])) or c.session_id = ?1 or c.room_name = ?1)
        and (c.id = (select id from newest) or exists (
          select from call_participants p
          where p.call_id = c.id and p.participant_identity = ?4 and p.joined_at is not null))
        and\s\
      """
          + NOT_REMOVED
          + " order by c.started_at desc, c.id desc limit 1";

  private final Database database;

  AccessStore(Database database) {
    this.database = database;
  }

  /** Whether an identity was removed from a call after its token was given out, as SQL. */
  static String removed(String callId, String identity, String issued) {
    return """
    exists (
      select from call_participants p
      where p.call_id = %s and p.participant_identity = %s
        and p.disconnect_reason = 'PARTICIPANT_REMOVED'
        and coalesce(p.left_at >= %s, true))\
    """
        .formatted(callId, identity, issued);
  }

  /** The call that a person or a service means; to be asked as that caller. */
  Uni<List<UUID>> named(Caller caller, String name) {
    return caller.operates()
        ? database.ask(NAMED_TO_OPERATORS, UUID.class, name, uuids(name))
        : database.ask(NAMED_TO_USERS, UUID.class, name, uuids(name), caller.userId());
  }

  /** The call that the holder of a join token means and may see; to be asked as the service. */
  Uni<List<UUID>> opened(JoinGrant join, String name) {
    String issued = timestamp(join.issued());
    return join.callId() != null
        ? database.ask(
            OPENED_BY_ID,
            UUID.class,
            name,
            uuids(name),
            join.room(),
            join.identity(),
            issued,
            join.callId().toString())
        : database.ask(
            OPENED_BY_ROOM,
            UUID.class,
            name,
            uuids(name),
            join.room(),
            join.identity(),
            issued,
            timestamp(join.from()),
            timestamp(join.expires()));
  }

  /** An array of the one uuid that the name is, or of none. */
  private static String uuids(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    return UUID_TEXT.matcher(lower).matches() ? "{" + lower + "}" : "{}";
  }

  /** What is not known lies before everything. */
  private static String timestamp(Instant instant) {
    return instant == null ? "-infinity" : instant.toString();
  }
}
