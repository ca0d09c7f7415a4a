package dev.voiceledger.message;

import dev.voiceledger.platform.Database;
import dev.voiceledger.platform.Page;
import dev.voiceledger.platform.Parameters;
import io.quarkus.hibernate.reactive.panache.PanacheEntityBase;
import io.smallrye.mutiny.Uni;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.IdClass;
import jakarta.persistence.Table;
import java.io.Serializable;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.hibernate.annotations.ColumnTransformer;
import org.hibernate.annotations.Immutable;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.type.SqlTypes;

/** A row of {@code voice_messages}: one thing said. */
@Entity
@Immutable
@Table(name = "voice_messages")
@IdClass(Message.Key.class)
class Message extends PanacheEntityBase {
  @Id
  @Column(name = "call_id")
  UUID callId;

  @Id UUID id;

  @Column(name = "sequence_number")
  int sequenceNumber;

  @JdbcTypeCode(SqlTypes.NAMED_ENUM)
  @Column(columnDefinition = "message_role")
  Role role;

  String content;

  @Column(name = "input_modality")
  String inputModality;

  @Column(name = "\"timestamp\"")
  Instant timestamp;

  @Column(name = "segment_id")
  String segmentId;

  @Column(name = "final")
  boolean isFinal;

  boolean interrupted;

  @Column(name = "participant_identity")
  String participantIdentity;

  @Column(name = "posted_by")
  String postedBy;

  @Column(name = "audio_url")
  String audioUrl;

  String provider;

  @Column(name = "model_used")
  String modelUsed;

  @Column(name = "tokens_used")
  Integer tokensUsed;

  @Column(name = "input_tokens")
  Integer inputTokens;

  @Column(name = "output_tokens")
  Integer outputTokens;

  @Column(name = "cost_usd")
  BigDecimal costUsd;

  @Column(name = "latency_ms")
  Integer latencyMs;

  @ColumnTransformer(read = "metadata::text")
  String metadata;

  @Column(name = "created_at")
  Instant createdAt;

  @Column(name = "updated_at")
  Instant updatedAt;

  enum Role {
    user,
    assistant,
    system,
    function
  }

  /**
   * Of a call, in the order of their numbers. Long texts make short pages: nobody reads a hundred
   * megabytes at once.
   */
  static Uni<Page<MessageView>> page(Database database, UUID callId, String cursor, int limit) {
    List<String> keys = Parameters.cursor(cursor, 1);
    int after = keys == null ? -1 : Parameters.integer("cursor", keys.getFirst());
    return MessageStore.nextPage(database, callId, after, limit)
        .chain(next -> {
          Integer last = next.isEmpty() ? Integer.MAX_VALUE : next.get() - 1;
          return Message.<Message>find(
                  "callId = ?1 and sequenceNumber > ?2 and sequenceNumber <= ?3"
                      + " order by sequenceNumber",
                  callId,
                  after,
                  last)
              .range(0, limit - 1)
              .list()
              .map(rows -> page(rows, next.isPresent() ? Parameters.cursor("" + last) : null));
        });
  }

  private static Page<MessageView> page(List<Message> rows, String next) {
    return new Page<>(rows.stream().map(MessageView::of).toList(), next != null, next, null);
  }

  /** The primary key, as JPA wants it. */
  static class Key implements Serializable {
    UUID callId;
    UUID id;

    @Override
    public boolean equals(Object other) {
      return other instanceof Key key && key.callId.equals(callId) && key.id.equals(id);
    }

    @Override
    public int hashCode() {
      return Objects.hash(callId, id);
    }
  }
}
