package dev.voiceledger.message;

import dev.voiceledger.access.Caller;
import dev.voiceledger.access.JoinGrant;
import java.time.Instant;
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
 * @param joined the identity of a join token, whose holder must not have been removed by then
 * @param issued when that token was given out; null where it does not say
 */
record Poster(String postedBy, int rank, UUID userId, String joined, Instant issued) {
  static final int TRUSTED = 3;
  static final int OWNER = 2;
  static final int PARTICIPANT = 1;

  /**
   * A caller as the poster in a call.
   *
   * @param ownerId of the call; null where nobody owns it
   */
  static Poster of(Caller caller, UUID ownerId) {
    if (caller.join() != null) {
      return of(caller.join(), ownerId);
    }
    if (caller.userId() == null) {
      return new Poster("service", TRUSTED, null, null, null);
    }
    UUID user = UUID.fromString(caller.userId());
    boolean owns = caller.admin() || user.equals(ownerId);
    int rank = owns ? OWNER : PARTICIPANT;
    return new Poster("user:" + user, rank, caller.admin() ? null : user, null, null);
  }

  /** A user joins under the own uuid, or under it with a suffix for a further device. */
  private static Poster of(JoinGrant join, UUID ownerId) {
    String identity = join.identity();
    if (join.agent()) {
      return new Poster("agent:" + identity, TRUSTED, null, identity, join.issued());
    }
    boolean owns = ownerId != null && identity.split(":", 2)[0].equalsIgnoreCase("" + ownerId);
    int rank = owns ? OWNER : PARTICIPANT;
    return new Poster("participant:" + identity, rank, null, identity, join.issued());
  }

  /** Who speaks where the post does not say: a participant posts for itself, all others may not. */
  String identity() {
    return rank == TRUSTED ? null : joined;
  }
}
