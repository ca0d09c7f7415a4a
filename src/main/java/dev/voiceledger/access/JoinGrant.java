package dev.voiceledger.access;

import java.time.Instant;
import java.util.UUID;

/**
 * What a LiveKit join token says: who may be in which room, and when. It opens that room's call and
 * nothing else; {@link CallAccess} finds the one.
 *
 * @param room its name, never empty
 * @param identity the token's {@code sub}, never empty
 * @param callId the one call that a token of ours opens; null in everybody else's
 * @param agent whether it stands for an agent, who may report what only agents know
 * @param notBefore {@code nbf}; null where the token has none
 * @param issuedAt {@code iat}; null where the token has none
 * @param expires {@code exp}
 */
public record JoinGrant(
    String room,
    String identity,
    UUID callId,
    boolean agent,
    Instant notBefore,
    Instant issuedAt,
    Instant expires) {

  /** From when on calls of the room are meant: nbf, else iat, else any time, which is null. */
  public Instant from() {
    return notBefore != null ? notBefore : issuedAt;
  }

  /** When it was given out: iat, else nbf; null where neither says so. */
  public Instant issued() {
    return issuedAt != null ? issuedAt : notBefore;
  }
}
