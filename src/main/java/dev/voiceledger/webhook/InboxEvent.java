package dev.voiceledger.webhook;

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
import org.hibernate.annotations.Immutable;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.type.SqlTypes;

/** A row of {@code webhook_events} as it is read; its body is read only to be replayed. */
@Entity
@Immutable
@Table(name = "webhook_events")
@IdClass(InboxEvent.Key.class)
class InboxEvent extends PanacheEntityBase {
  @Id String provider;
  @Id String id;
  String event;

  @Column(name = "room_sid")
  String roomSid;

  @Column(name = "call_id")
  UUID callId;

  @JdbcTypeCode(SqlTypes.NAMED_ENUM)
  @Column(columnDefinition = "webhook_event_state")
  State state;

  String error;

  @Column(name = "created_at")
  Instant createdAt;

  @Column(name = "received_at")
  Instant receivedAt;

  @Column(name = "applied_at")
  Instant appliedAt;

  enum State {
    applied,
    ignored,
    failed
  }

  /** The primary key, as JPA wants it: a class with a constructor of nothing. */
  static class Key implements Serializable {
    String provider;
    String id;

    @Override
    public boolean equals(Object other) {
      return other instanceof Key key && key.provider.equals(provider) && key.id.equals(id);
    }

    @Override
    public int hashCode() {
      return Objects.hash(provider, id);
    }
  }
}
