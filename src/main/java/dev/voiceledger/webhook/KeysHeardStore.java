package dev.voiceledger.webhook;

import dev.voiceledger.platform.Database;
import io.smallrye.mutiny.Uni;

/** The write of {@code livekit_keys_heard}. */
final class KeysHeardStore {
  /**
   * Replicas tell how long ago it was, by the database's clock alone it is known when; sorted, so
   * that two of them do not wait for each other in a circle.
   */
  private static final String HEARD =
      """
      insert into livekit_keys_heard as k (key, last_heard_at)
      select x.key, now() - x.value::bigint * interval '1 millisecond'
      from jsonb_each_text(cast(cast(?1 as text) as jsonb)) x order by x.key
      on conflict (key) do update
        set last_heard_at = greatest(k.last_heard_at, excluded.last_heard_at)
      returning key\
      """;

  private KeysHeardStore() {}

  /**
   * @param agesMs milliseconds by key, as JSON
   */
  static Uni<Void> written(Database database, String agesMs) {
    return database.asService(() -> database.ask(HEARD, String.class, agesMs)).replaceWithVoid();
  }
}
