package dev.voiceledger.join;

import dev.voiceledger.platform.Database;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.UUID;

/** What must be known of calls before somebody is let in; all of it asked as the service. */
@ApplicationScoped
class JoinStore {
  /** The columns of {@link OpenCall}; ?2 is the caller's uuid, empty of a service. */
  private static final String CALL =
      """
      select id, room_sid, room_name, opened_by,
        coalesce(asks.uuid = user_id or asks.uuid = any (invited_user_ids), false)
      from (select cast(nullif(cast(?2 as text), '') as uuid) as uuid) asks, voice_calls\s\
      """;

  private static final String OPEN_BY_NAME =
      CALL
          + """
          where room_name = ?1 and room_sid is not null and ended_at is null
          order by started_at desc, id desc limit 1\
          """;

  private static final String BY_ID = CALL + "where id = cast(cast(?1 as text) as uuid)";

  /** Who brings a key takes some old ones along, so that the table does not grow for ever. */
  private static final String OLD_KEYS_GO =
      """
      delete from idempotency_keys where (caller, key) in (
        select caller, key from idempotency_keys where created_at < now() - interval '25 hours'
        order by created_at limit 20 for update skip locked)
      returning key\
      """;

  private static final String EXPIRED_KEY_GOES =
      """
      delete from idempotency_keys where caller = ?1 and key = ?2 and (
        created_at < now() - interval '24 hours'
        or call_id is null and created_at < now() - interval '30 seconds')
      returning key\
      """;

  private static final String KEY_IS_TAKEN =
      """
      insert into idempotency_keys (caller, key, body_sha256)
      values (?1, ?2, decode(cast(?3 as text), 'hex'))
      on conflict do nothing returning key\
      """;

  private static final String KEY_IS_KNOWN =
      """
      select encode(body_sha256, 'hex'), call_id from idempotency_keys
      where caller = ?1 and key = ?2\
      """;

  private static final String KEY_GOES =
      """
      delete from idempotency_keys where caller = ?1 and key = ?2 and call_id is null returning key\
      """;

  private final Database database;

  JoinStore(Database database) {
    this.database = database;
  }

  /**
   * A call whose room somebody wants to enter.
   *
   * @param openedBy who asked for it through the API; null where only webhooks told of it
   * @param theirs whether the caller owns it or is invited to it
   */
  record OpenCall(UUID id, String roomSid, String roomName, String openedBy, boolean theirs) {

    private static List<OpenCall> of(List<Object[]> rows) {
      return rows.stream()
          .map(row ->
              new OpenCall(
                  (UUID) row[0],
                  (String) row[1],
                  (String) row[2],
                  (String) row[3],
                  (Boolean) row[4]))
          .toList();
    }
  }

  /** The newest open call of a room; none where there is none. */
  Uni<List<OpenCall>> open(String roomName, String userId) {
    return database.asService(
        () -> database.ask(OPEN_BY_NAME, Object[].class, roomName, text(userId)).map(OpenCall::of));
  }

  private static String text(String userId) {
    return userId == null ? "" : userId;
  }

  /** The call of this id. */
  Uni<List<OpenCall>> call(UUID id, String userId) {
    return database.asService(
        () -> database.ask(BY_ID, Object[].class, id.toString(), text(userId)).map(OpenCall::of));
  }

  /**
   * What is known of a key.
   *
   * @param fresh whether it is this request's from now on
   * @param bodySha256 hex; null of a fresh one
   * @param callId null while the first request is under way
   */
  record KeyState(boolean fresh, String bodySha256, UUID callId) {}

  /** Takes a key, or tells what it stands for. */
  Uni<KeyState> take(String caller, String key, String bodySha256) {
    return database.asService(() ->
        database
            .ask(OLD_KEYS_GO, String.class)
            .chain(gone -> database.ask(EXPIRED_KEY_GOES, String.class, caller, key))
            .chain(gone -> database.ask(KEY_IS_TAKEN, String.class, caller, key, bodySha256))
            .chain(taken ->
                taken.isEmpty()
                    ? known(caller, key)
                    : Uni.createFrom().item(new KeyState(true, null, null))));
  }

  private Uni<KeyState> known(String caller, String key) {
    return database
        .ask(KEY_IS_KNOWN, Object[].class, caller, key)
        .map(rows ->
            rows.isEmpty() // given back in this very moment
                ? new KeyState(false, null, null)
                : new KeyState(false, (String) rows.getFirst()[0], (UUID) rows.getFirst()[1]));
  }

  /** The key may be used again, if it made nothing. */
  Uni<?> giveBack(String caller, String key) {
    return database.asService(() -> database.ask(KEY_GOES, String.class, caller, key));
  }
}
