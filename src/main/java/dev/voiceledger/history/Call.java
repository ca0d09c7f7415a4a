package dev.voiceledger.history;

import io.quarkus.hibernate.reactive.panache.PanacheEntityBase;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.UUID;
import org.hibernate.annotations.ColumnTransformer;
import org.hibernate.annotations.DynamicUpdate;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.type.SqlTypes;

/**
 * A row of {@code voice_calls}. What follows from facts is read only here as it is in the database;
 * the rest may be written by its owner, column by column, since no one has a grant on all of them.
 */
@Entity
@DynamicUpdate
@Table(name = "voice_calls")
class Call extends PanacheEntityBase {
  @Id UUID id;

  @Column(name = "session_id", updatable = false)
  String sessionId;

  @Column(name = "room_name", updatable = false)
  String roomName;

  @Column(name = "room_sid", updatable = false)
  String roomSid;

  @Column(name = "user_id", updatable = false)
  UUID userId;

  @Column(updatable = false)
  @JdbcTypeCode(SqlTypes.NAMED_ENUM)
  Status status;

  @Column(name = "started_at", updatable = false)
  Instant startedAt;

  @Column(name = "connected_at", updatable = false)
  Instant connectedAt;

  @Column(name = "ended_at", updatable = false)
  Instant endedAt;

  @Column(name = "duration_seconds", updatable = false)
  Integer durationSeconds;

  @Column(name = "end_reason", updatable = false)
  String endReason;

  @Column(updatable = false)
  String completeness;

  @Column(name = "participant_count", updatable = false)
  int participantCount;

  @Column(name = "message_count", updatable = false)
  int messageCount;

  @Column(name = "total_tokens_used", updatable = false)
  long totalTokensUsed;

  @Column(name = "input_tokens", updatable = false)
  long inputTokens;

  @Column(name = "output_tokens", updatable = false)
  long outputTokens;

  @Column(name = "cost_usd", updatable = false)
  BigDecimal costUsd;

  @Column(name = "cost_cents", updatable = false)
  long costCents;

  @Column(name = "ai_agent_used", updatable = false)
  boolean aiAgentUsed;

  @Column(name = "agent_name", updatable = false)
  String agentName;

  @Column(name = "recording_url", updatable = false)
  String recordingUrl;

  @Column(name = "room_metadata", updatable = false)
  String roomMetadata;

  @Column(name = "transcript_url", updatable = false)
  String transcriptUrl;

  @Column(name = "opened_by", updatable = false)
  String openedBy;

  @Column(name = "created_at", updatable = false)
  Instant createdAt;

  @Column(name = "updated_at", updatable = false)
  Instant updatedAt;

  String title;
  String summary;

  @ColumnTransformer(read = "metadata::text", write = "cast(cast(? as text) as jsonb)")
  String metadata;

  @Column(name = "invited_user_ids")
  UUID[] invitedUserIds;

  @Column(name = "context_type")
  String contextType;

  @Column(name = "voice_session_id")
  String voiceSessionId;

  @Column(name = "extracted_intent")
  String extractedIntent;

  @Column(name = "intent_payload")
  @ColumnTransformer(read = "intent_payload::text", write = "cast(cast(? as text) as jsonb)")
  String intentPayload;

  @Column(name = "linked_goal_id")
  UUID linkedGoalId;

  @Column(name = "linked_task_id")
  UUID linkedTaskId;

  enum Status {
    pending,
    active,
    completed,
    failed
  }

  boolean isOver() {
    return endedAt != null;
  }
}
