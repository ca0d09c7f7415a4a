package dev.voiceledger.reconcile;

import dev.voiceledger.platform.Database;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;

/**
 * Whose turn it is, and what the last one remembered: one row. Each question is a short transaction
 * of its own, so that it works through any pooler; the clock is the database's, one for all
 * replicas.
 */
@ApplicationScoped
class TurnStore {
  private static final String TAKE =
      """
      update reconciler set holder = cast(cast(?1 as text) as uuid),
        until = clock_timestamp() + make_interval(secs => ?2)
      where holder is null or holder = cast(cast(?1 as text) as uuid) or until < clock_timestamp()
      returning 'taken'\
      """;

  private static final String OTHERS_TURN =
      """
      select cast(ceil(1000 * greatest(0,
        coalesce(extract(epoch from until - clock_timestamp()), 0))) as bigint)
      from reconciler\
      """;

  private static final String GIVE_BACK =
      """
      update reconciler set holder = null, until = null
      where holder = cast(cast(?1 as text) as uuid)
      returning 'given back'\
      """;

  private static final String BEGIN =
      """
      select cast(floor(extract(epoch from clock_timestamp()) * 1000) as bigint),
        cast(memory as text)
      from reconciler\
      """;

  private static final String REMEMBER =
      """
      update reconciler set memory = cast(cast(?2 as text) as jsonb)
      where holder = cast(cast(?1 as text) as uuid)
      returning 'remembered'\
      """;

  private final Database database;

  TurnStore(Database database) {
    this.database = database;
  }

  /**
   * Takes the turn, or keeps it, for so long.
   *
   * @return zero where it is ours now, else how long it is another's
   */
  Uni<Duration> take(UUID holder, Duration lease) {
    return database.asJob(() ->
        database
            .ask(TAKE, String.class, holder.toString(), lease.toMillis() / 1000.0)
            .chain(taken ->
                taken.isEmpty()
                    ? database
                        .ask(OTHERS_TURN, Long.class)
                        .map(left -> Duration.ofMillis(1 + left.getFirst()))
                    : Uni.createFrom().item(Duration.ZERO)));
  }

  /** Lets another replica have it at once. */
  Uni<?> giveBack(UUID holder) {
    return database.asJob(() -> database.ask(GIVE_BACK, String.class, holder.toString()));
  }

  /**
   * Where a pass begins.
   *
   * @param at the moment, by the database's clock
   */
  record Beginning(Instant at, Memory memory) {}

  Uni<Beginning> begin() {
    return database.asJob(() ->
        database
            .ask(BEGIN, Object[].class)
            .map(rows ->
                new Beginning(
                    Instant.ofEpochMilli((Long) rows.getFirst()[0]),
                    Memory.parse((String) rows.getFirst()[1]))));
  }

  /** Nothing is remembered by whoever lost the turn meanwhile. */
  Uni<?> remember(UUID holder, Memory memory) {
    return database.asJob(
        () -> database.ask(REMEMBER, String.class, holder.toString(), memory.text()));
  }
}
