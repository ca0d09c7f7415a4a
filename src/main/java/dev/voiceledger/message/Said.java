package dev.voiceledger.message;

import java.math.BigDecimal;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.UUID;

/**
 * A message as somebody says it. Null is "not said".
 *
 * @param call the uuid, session_id or room sid of its call
 * @param id of the message; null for one of ours
 * @param segmentId the speaker's segment
 * @param number the place that the poster names
 * @param said when; to the microsecond, as PostgreSQL has it, for finer times would decide which of
 *     two posts holds only while both are in memory
 * @param participantIdentity who spoke; absent, a participant that posts for itself
 * @param isFinal false of what may still be replaced
 * @param metadata a JSON object, as text; never null
 */
public record Said(
    String call,
    UUID id,
    String segmentId,
    String role,
    String content,
    String inputModality,
    Integer number,
    Instant said,
    String participantIdentity,
    boolean isFinal,
    boolean interrupted,
    String audioUrl,
    String provider,
    String modelUsed,
    Integer tokensUsed,
    Integer inputTokens,
    Integer outputTokens,
    BigDecimal costUsd,
    Integer latencyMs,
    String metadata) {

  public Said {
    said = said == null ? null : said.truncatedTo(ChronoUnit.MICROS);
  }
}
