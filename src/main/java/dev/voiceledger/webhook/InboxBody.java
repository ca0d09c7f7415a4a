package dev.voiceledger.webhook;

import io.quarkus.hibernate.reactive.panache.PanacheEntityBase;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.IdClass;
import jakarta.persistence.Table;
import org.hibernate.annotations.Immutable;

/** The bytes of an event, apart from {@link InboxEvent}, so that lists do not read them. */
@Entity
@Immutable
@Table(name = "webhook_events")
@IdClass(InboxEvent.Key.class)
class InboxBody extends PanacheEntityBase {
  @Id String provider;
  @Id String id;
  byte[] body;
}
