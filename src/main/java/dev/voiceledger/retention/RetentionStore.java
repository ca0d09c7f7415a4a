package dev.voiceledger.retention;

import dev.voiceledger.platform.Database;
import io.smallrye.mutiny.Uni;
import io.vertx.core.json.JsonObject;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.stream.Stream;

/** The steps of {@code R__080}, each in a transaction of its own. */
@ApplicationScoped
class RetentionStore {
  static final int ROWS_MAX = 500;
  static final int CALLS_MAX = 50;

  /** Under a call that has more, so many messages and raw events go at once. */
  static final int UNDER_MAX = 1_000;

  /**
   * Of bodies, which may have 4 MiB each: what a step writes to the log must not grow with them.
   */
  private static final long BYTES_MAX = 8L * 1024 * 1024;

  private static final int NEVER = 1_000_000;

  private static final String FORGET_EVENTS =
      """
      select removed, more from voiceledger.forget_events(?1, ?2, ?3, ?4, ?5)\
      """;

  private static final String OLD_CALLS =
      """
      select array_to_string(call_ids, ','), more
      from voiceledger.calls_past_retention(?1, ?2, ?3, ?4)\
      """;

  private static final String ERASE =
      """
      select cast(voiceledger.erase_past_retention(?1, ?2, ?3, ?4) as text)\
      """;

  private final Database database;

  RetentionStore(Database database) {
    this.database = database;
  }

  /** How many events went, and whether there is more to walk. */
  record Forgotten(int removed, boolean more) {}

  /** Calls to be erased, and whether there is more to walk. */
  record OldCalls(List<UUID> ids, boolean more) {}

  Uni<Forgotten> eventsForgotten(UUID replica, int rawDays, OptionalInt failedDays) {
    return database
        .asJob(() ->
            database.ask(
                FORGET_EVENTS,
                Object[].class,
                replica,
                rawDays,
                failedDays.orElse(NEVER),
                ROWS_MAX,
                BYTES_MAX))
        .map(List::getFirst)
        .map(row -> new Forgotten((int) row[0], (boolean) row[1]));
  }

  Uni<OldCalls> oldCalls(UUID replica, int callsDays) {
    return database
        .asJob(
            () -> database.ask(OLD_CALLS, Object[].class, replica, callsDays, ROWS_MAX, CALLS_MAX))
        .map(List::getFirst)
        .map(row -> new OldCalls(ids((String) row[0]), (boolean) row[1]));
  }

  private static List<UUID> ids(String joined) {
    return Stream.of(joined.split(",")).filter(id -> !id.isEmpty()).map(UUID::fromString).toList();
  }

  /** One step: the call, or some of what is under a large one. */
  Uni<Erased> erased(UUID replica, UUID call, int callsDays) {
    return database
        .asPatientJob(() -> database.ask(ERASE, String.class, replica, call, callsDays, UNDER_MAX))
        .map(List::getFirst)
        .map(told -> told == null ? Erased.NOTHING : Erased.of(new JsonObject(told)));
  }
}
