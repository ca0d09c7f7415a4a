package dev.voiceledger.access;

import dev.voiceledger.platform.Database;
import dev.voiceledger.platform.Problem.Type;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;

/**
 * From the name of a call to the call, as far as the caller may see it. A call of somebody else's
 * is answered like one that does not exist, so that nobody learns by asking.
 */
@ApplicationScoped
public class CallAccess {
  /** Longer than any session_id or room name that the tables take. */
  private static final int NAME_CHARS_MAX = 1024;

  private final Database database;
  private final AccessStore calls;

  CallAccess(Database database, AccessStore calls) {
    this.database = database;
    this.calls = calls;
  }

  /**
   * Finds a call and runs work on it, in one transaction and under the caller's own rights.
   *
   * @param id the call's uuid, its session_id, or the name of its room: then the newest call of
   *     that name that the caller may see
   * @param work gets the call's id
   * @return fails with call-not-found where there is none or none for this caller
   */
  public <T> Uni<T> in(Caller caller, String id, Function<UUID, Uni<T>> work) {
    if (id == null || id.isEmpty() || id.length() > NAME_CHARS_MAX || id.indexOf(0) >= 0) {
      return Uni.createFrom().failure(CallAccess::notFound);
    }
    return caller.join() == null
        ? caller.in(
            database,
            () -> calls.named(caller, id).map(CallAccess::one).chain(call -> work.apply(call)))
        : joined(caller.join(), id, work);
  }

  /** The look-up sees all calls, since it asks who took part; the work sees the one. */
  private <T> Uni<T> joined(JoinGrant join, String id, Function<UUID, Uni<T>> work) {
    return database.as(
        Caller.SERVICE_ROLE,
        Caller.SERVICE.claims(),
        () ->
            calls
                .opened(join, id)
                .map(CallAccess::one)
                .chain(call ->
                    database
                        .goOnAs(Caller.USER_ROLE, Caller.claimsOf(call))
                        .chain(() -> work.apply(call))));
  }

  private static UUID one(List<UUID> found) {
    if (found.isEmpty()) {
      throw notFound();
    }
    return found.getFirst();
  }

  private static RuntimeException notFound() {
    return Type.CALL_NOT_FOUND.because(null);
  }
}
