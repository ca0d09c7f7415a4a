package dev.voiceledger.message;

import dev.voiceledger.message.Posting.Target;
import java.time.Instant;
import java.util.UUID;

/**
 * One thing of a conversation, as somebody tells it who tells the whole afterwards. Null is "not
 * said"; texts are such as PostgreSQL can hold.
 *
 * @param id of the message where it is new
 * @param segmentId by which it is the same as one that was posted before, or will be
 * @param role {@code user}, {@code assistant}, {@code system} or {@code function}
 * @param said when
 * @param metadata a JSON object, as text
 */
public record Item(
    UUID id,
    String segmentId,
    String role,
    String content,
    String inputModality,
    Instant said,
    boolean interrupted,
    String provider,
    String modelUsed,
    Integer latencyMs,
    String metadata) {

  Post in(Target target) {
    return new Post(
        target.callId(),
        id,
        segmentId,
        role,
        content,
        inputModality,
        null,
        said,
        null,
        true,
        interrupted,
        null,
        provider,
        modelUsed,
        null,
        null,
        null,
        null,
        latencyMs,
        metadata,
        target.poster());
  }
}
