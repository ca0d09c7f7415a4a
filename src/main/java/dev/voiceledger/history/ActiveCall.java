package dev.voiceledger.history;

import dev.voiceledger.platform.Times;
import io.quarkus.hibernate.reactive.panache.PanacheEntityBase;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Stream;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.hibernate.annotations.Immutable;

/** A row of {@code active_calls_summary}: a call under way and who is in it now. */
@Entity
@Immutable
@Table(name = "active_calls_summary")
class ActiveCall extends PanacheEntityBase {
  @Id UUID id;

  @Column(name = "session_id")
  String sessionId;

  @Column(name = "room_name")
  String roomName;

  String title;

  @Column(name = "user_id")
  UUID userId;

  @Column(name = "user_name")
  String userName;

  @Column(name = "user_email")
  String userEmail;

  @Column(name = "started_at")
  Instant startedAt;

  @Column(name = "connected_at")
  Instant connectedAt;

  @Column(name = "created_at")
  Instant createdAt;

  @Column(name = "participant_count")
  int participantCount;

  @Column(name = "participant_names")
  String[] participantNames;

  @Column(name = "ai_agent_used")
  boolean aiAgentUsed;

  @Column(name = "agent_name")
  String agentName;

  /**
   * A call under way as shown.
   *
   * @param participantCount who is in now, recorders and the like left out
   */
  @Schema(name = "ActiveCall")
  record View(
      UUID id,
      String sessionId,
      String roomName,
      String title,
      UUID userId,
      String userName,
      String userEmail,
      String startedAt,
      String connectedAt,
      int participantCount,
      List<String> participantNames,
      boolean aiAgentUsed,
      String agentName,
      String createdAt) {

    static View of(ActiveCall row) {
      return new View(
          row.id,
          row.sessionId,
          row.roomName,
          row.title,
          row.userId,
          row.userName,
          row.userEmail,
          Times.text(row.startedAt),
          Times.text(row.connectedAt),
          row.participantCount,
          Stream.of(row.participantNames).filter(Objects::nonNull).toList(),
          row.aiAgentUsed,
          row.agentName,
          Times.text(row.createdAt));
    }
  }
}
