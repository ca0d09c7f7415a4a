package dev.voiceledger.message;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonRawValue;
import dev.voiceledger.platform.Times;
import io.vertx.sqlclient.Row;
import java.math.BigDecimal;
import java.time.OffsetDateTime;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * A message as shown.
 *
 * @param sequenceNumber its place in the call
 * @param isFinal false of what may still be replaced
 * @param tokensUsed input and output, where the poster gave no total
 * @param postedBy {@code agent:IDENTITY}, {@code service}, {@code user:UUID} or {@code
 *     participant:IDENTITY}
 */
@Schema(name = "Message")
public record MessageView(
    UUID id,
    UUID callId,
    int sequenceNumber,
    @Schema(enumeration = {"user", "assistant", "system", "function"}) String role,
    String content,
    @Schema(enumeration = {"voice", "text"}) String inputModality,
    String timestamp,
    String participantIdentity,
    String segmentId,
    @JsonProperty("final") boolean isFinal,
    boolean interrupted,
    String audioUrl,
    String provider,
    String modelUsed,
    Integer tokensUsed,
    Integer inputTokens,
    Integer outputTokens,
    BigDecimal costUsd,
    Integer latencyMs,
    @Schema(implementation = Object.class) @JsonRawValue String metadata,
    String postedBy,
    String createdAt,
    String updatedAt) {

  static MessageView of(Message row) {
    return new MessageView(
        row.id,
        row.callId,
        row.sequenceNumber,
        row.role.name(),
        row.content,
        row.inputModality,
        Times.text(row.timestamp),
        row.participantIdentity,
        segment(row.segmentId),
        row.isFinal,
        row.interrupted,
        row.audioUrl,
        row.provider,
        row.modelUsed,
        row.tokensUsed,
        row.inputTokens,
        row.outputTokens,
        row.costUsd,
        row.latencyMs,
        row.metadata,
        row.postedBy,
        Times.text(row.createdAt),
        Times.text(row.updatedAt));
  }

  /** A row as the ledger's own statement reads it. */
  static MessageView of(Row row) {
    return new MessageView(
        row.getUUID("id"),
        row.getUUID("call_id"),
        row.getInteger("sequence_number"),
        row.getString("role"),
        row.getString("content"),
        row.getString("input_modality"),
        text(row.getOffsetDateTime("timestamp")),
        row.getString("participant_identity"),
        segment(row.getString("segment_id")),
        row.getBoolean("final"),
        row.getBoolean("interrupted"),
        row.getString("audio_url"),
        row.getString("provider"),
        row.getString("model_used"),
        row.getInteger("tokens_used"),
        row.getInteger("input_tokens"),
        row.getInteger("output_tokens"),
        row.getBigDecimal("cost_usd"),
        row.getInteger("latency_ms"),
        row.getString("metadata"),
        row.getString("posted_by"),
        text(row.getOffsetDateTime("created_at")),
        text(row.getOffsetDateTime("updated_at")));
  }

  /** Of what may be long. */
  long characters() {
    return (long) content.length() + metadata.length();
  }

  private static String text(OffsetDateTime time) {
    return Times.text(time.toInstant());
  }

  /** A segment that nobody named is our own affair. */
  private static String segment(String segmentId) {
    return segmentId.startsWith("id:") ? null : segmentId;
  }
}
