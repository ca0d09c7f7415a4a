package dev.voiceledger.history;

import com.fasterxml.jackson.annotation.JsonRawValue;
import dev.voiceledger.platform.Times;
import io.quarkus.hibernate.reactive.panache.PanacheEntityBase;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.IdClass;
import jakarta.persistence.Table;
import java.io.Serializable;
import java.time.Instant;
import java.util.Objects;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.hibernate.annotations.ColumnTransformer;
import org.hibernate.annotations.Immutable;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.type.SqlTypes;

/** A row of {@code call_participants}: one connection of somebody to a call. */
@Entity
@Immutable
@Table(name = "call_participants")
@IdClass(Participant.Key.class)
class Participant extends PanacheEntityBase {
  @Id
  @Column(name = "call_id")
  UUID callId;

  @Id
  @Column(name = "participant_sid")
  String participantSid;

  @Column(name = "participant_identity")
  String participantIdentity;

  @Column(name = "participant_name")
  String participantName;

  @Column(name = "participant_type")
  @JdbcTypeCode(SqlTypes.NAMED_ENUM)
  Type participantType;

  String kind;

  @Column(name = "user_id")
  UUID userId;

  @Column(name = "joined_at")
  Instant joinedAt;

  @Column(name = "left_at")
  Instant leftAt;

  @Column(name = "duration_seconds")
  Integer durationSeconds;

  @Column(name = "disconnect_reason")
  String disconnectReason;

  @Column(name = "is_muted")
  boolean muted;

  String metadata;

  @ColumnTransformer(read = "attributes::text")
  String attributes;

  @Column(name = "created_at")
  Instant createdAt;

  enum Type {
    user,
    agent,
    admin
  }

  /**
   * A participant as shown.
   *
   * @param kind LiveKit's word: STANDARD, AGENT, SIP, …
   * @param joinedAt null of one who never became active
   * @param metadata LiveKit's, as sent
   */
  @Schema(name = "Participant")
  record View(
      UUID callId,
      String participantSid,
      String participantIdentity,
      String participantName,
      @Schema(enumeration = {"user", "agent", "admin"}) String participantType,
      String kind,
      UUID userId,
      String joinedAt,
      String leftAt,
      Integer durationSeconds,
      String disconnectReason,
      boolean isMuted,
      String metadata,
      @Schema(implementation = Object.class) @JsonRawValue String attributes) {

    static View of(Participant row) {
      return new View(
          row.callId,
          row.participantSid,
          row.participantIdentity,
          row.participantName,
          row.participantType.name(),
          row.kind,
          row.userId,
          Times.text(row.joinedAt),
          Times.text(row.leftAt),
          row.durationSeconds,
          row.disconnectReason,
          row.muted,
          row.metadata,
          row.attributes);
    }
  }

  /** The primary key, as JPA wants it. */
  static class Key implements Serializable {
    UUID callId;
    String participantSid;

    @Override
    public boolean equals(Object other) {
      return other instanceof Key key
          && key.callId.equals(callId)
          && key.participantSid.equals(participantSid);
    }

    @Override
    public int hashCode() {
      return Objects.hash(callId, participantSid);
    }
  }
}
