package dev.voiceledger.history;

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
import org.hibernate.annotations.Immutable;

/** A row of {@code call_recordings}: one egress of a call. */
@Entity
@Immutable
@Table(name = "call_recordings")
@IdClass(Recording.Key.class)
class Recording extends PanacheEntityBase {
  @Id
  @Column(name = "call_id")
  UUID callId;

  @Id
  @Column(name = "egress_id")
  String egressId;

  String status;
  String url;

  @Column(name = "started_at")
  Instant startedAt;

  @Column(name = "ended_at")
  Instant endedAt;

  @Column(name = "duration_seconds")
  Integer durationSeconds;

  @Column(name = "size_bytes")
  Long sizeBytes;

  String error;

  /**
   * A recording as shown.
   *
   * @param status LiveKit's word: EGRESS_ACTIVE, EGRESS_COMPLETE, …
   * @param url where the finished file lies; null until then
   */
  @Schema(name = "Recording")
  record View(
      UUID callId,
      String egressId,
      String status,
      String url,
      String startedAt,
      String endedAt,
      Integer durationSeconds,
      Long sizeBytes,
      String error) {

    static View of(Recording row) {
      return new View(
          row.callId,
          row.egressId,
          row.status,
          row.url,
          Times.text(row.startedAt),
          Times.text(row.endedAt),
          row.durationSeconds,
          row.sizeBytes,
          row.error);
    }
  }

  /** The primary key, as JPA wants it. */
  static class Key implements Serializable {
    UUID callId;
    String egressId;

    @Override
    public boolean equals(Object other) {
      return other instanceof Key key && key.callId.equals(callId) && key.egressId.equals(egressId);
    }

    @Override
    public int hashCode() {
      return Objects.hash(callId, egressId);
    }
  }
}
