package dev.voiceledger.message;

import dev.voiceledger.access.Caller;
import java.util.UUID;

/**
 * Who posts, as rows and ranks have it.
 *
 * @param postedBy {@code agent:IDENTITY}, {@code service}, {@code user:UUID} or {@code
 *     participant:IDENTITY}
 * @param rank of what the poster says: 3 agent or service, 2 the call's owner or an admin, 1 other
 *     participants
 * @param userId who must own the call or have taken part in it still when the row is written; null
 *     where that is settled
 * @param identity of a participant that posts for itself; null of others
 */
public record Poster(String postedBy, int rank, UUID userId, String identity) {
  private static final int TRUSTED = 3;
  private static final int OWNER = 2;
  private static final int PARTICIPANT = 1;

  /**
   * A caller as the poster in a call.
   *
   * @param ownerId of the call; null where nobody owns it
   */
  static Poster of(Caller caller, UUID ownerId) {
    if (caller.join() != null) {
      return of(caller.join().identity(), caller.join().agent(), ownerId);
    }
    if (caller.userId() == null) {
      return new Poster("service", TRUSTED, null, null);
    }
    UUID user = UUID.fromString(caller.userId());
    boolean owns = caller.admin() || user.equals(ownerId);
    return new Poster(
        "user:" + user, owns ? OWNER : PARTICIPANT, caller.admin() ? null : user, null);
  }

  /** A user joins under the own uuid, or under it with a suffix for a further device. */
  private static Poster of(String identity, boolean agent, UUID ownerId) {
    if (agent) {
      return new Poster("agent:" + identity, TRUSTED, null, null);
    }
    boolean owns = ownerId != null && identity.split(":", 2)[0].equalsIgnoreCase("" + ownerId);
    return new Poster("participant:" + identity, owns ? OWNER : PARTICIPANT, null, identity);
  }
}
