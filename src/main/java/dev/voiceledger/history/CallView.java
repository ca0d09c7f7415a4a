package dev.voiceledger.history;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonRawValue;
import dev.voiceledger.platform.Times;
import dev.voiceledger.search.Match;
import java.math.BigDecimal;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Stream;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * A call as shown. Times are RFC 3339 with milliseconds, durations whole seconds, money decimal
 * USD.
 *
 * @param id derives from the room's sid; random for a call without a room
 * @param userId the owner; null where nobody owns it
 * @param connectedAt when the first of its people was in; null while nobody was
 * @param durationSeconds from connected_at to ended_at; null while open and when never connected
 * @param endReason room_finished, ended_by_api, reconciled, never_connected or room_not_created
 * @param costCents cost_usd in cents, half up
 * @param roomMetadata LiveKit's, as sent; metadata holds what the API and SQL wrote
 * @param completeness live, settling (over, reports may still come) or complete
 * @param matches where the words stand that the list was asked for with q; absent without it
 */
@Schema(name = "Call")
public record CallView(
    UUID id,
    String sessionId,
    String roomName,
    String roomSid,
    String title,
    UUID userId,
    @Schema(enumeration = {"pending", "active", "completed", "failed"}) String status,
    String startedAt,
    String connectedAt,
    String endedAt,
    Integer durationSeconds,
    String endReason,
    int participantCount,
    int messageCount,
    long totalTokensUsed,
    long inputTokens,
    long outputTokens,
    BigDecimal costUsd,
    long costCents,
    boolean aiAgentUsed,
    String agentName,
    String recordingUrl,
    String transcriptUrl,
    String summary,
    @Schema(implementation = Object.class) @JsonRawValue String metadata,
    String roomMetadata,
    List<UUID> invitedUserIds,
    String contextType,
    String voiceSessionId,
    String extractedIntent,
    @Schema(implementation = Object.class) @JsonRawValue String intentPayload,
    UUID linkedGoalId,
    UUID linkedTaskId,
    String completeness,
    String createdAt,
    String updatedAt,
    @JsonInclude(JsonInclude.Include.NON_NULL) List<Match> matches) {

  static CallView of(Call call) {
    return of(call, null);
  }

  static CallView of(Call call, List<Match> matches) {
    return new CallView(
        call.id,
        call.sessionId,
        call.roomName,
        call.roomSid,
        call.title,
        call.userId,
        call.status.name(),
        Times.text(call.startedAt),
        Times.text(call.connectedAt),
        Times.text(call.endedAt),
        call.durationSeconds,
        call.endReason,
        call.participantCount,
        call.messageCount,
        call.totalTokensUsed,
        call.inputTokens,
        call.outputTokens,
        call.costUsd,
        call.costCents,
        call.aiAgentUsed,
        call.agentName,
        call.recordingUrl,
        call.transcriptUrl,
        call.summary,
        call.metadata,
        call.roomMetadata,
        Stream.of(call.invitedUserIds).filter(Objects::nonNull).toList(),
        call.contextType,
        call.voiceSessionId,
        call.extractedIntent,
        call.intentPayload,
        call.linkedGoalId,
        call.linkedTaskId,
        call.completeness,
        Times.text(call.createdAt),
        Times.text(call.updatedAt),
        matches);
  }
}
