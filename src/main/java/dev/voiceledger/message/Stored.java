package dev.voiceledger.message;

import dev.voiceledger.platform.Problem;

/**
 * What became of a post.
 *
 * @param fresh whether the message is new with the group that took it
 * @param written whether that group changed it, be it new or not
 * @param message as it stands; null where the post was refused
 * @param refused why; null where it was not
 */
public record Stored(boolean fresh, boolean written, MessageView message, Problem refused) {
  static final Stored NOWHERE = refused(Problem.Type.CALL_NOT_FOUND.with(null));
  static final Stored CLASH =
      refused(Problem.Type.CONFLICT.with("id and segment_id belong to two messages"));

  /** It is on disk; only the answer would be more than one may be. */
  static final Problem TOO_LARGE =
      Problem.Type.BODY_TOO_LARGE.with("kept, but too large to be shown with the others");

  static Stored refused(Problem why) {
    return new Stored(false, false, null, why);
  }
}
