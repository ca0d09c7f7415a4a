package dev.voiceledger.history;

import com.fasterxml.jackson.annotation.JsonRawValue;
import io.quarkus.hibernate.reactive.panache.PanacheEntityBase;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.IdClass;
import jakarta.persistence.Table;
import java.io.Serializable;
import java.math.BigDecimal;
import java.util.Objects;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.hibernate.annotations.ColumnTransformer;
import org.hibernate.annotations.Immutable;

/** A row of {@code call_usage}: what one session of a call used of one model. */
@Entity
@Immutable
@Table(name = "call_usage")
@IdClass(Usage.Key.class)
class Usage extends PanacheEntityBase {
  @Id
  @Column(name = "call_id")
  UUID callId;

  @Id String source;
  @Id String type;
  @Id String provider;
  @Id String model;

  @Column(name = "input_tokens")
  int inputTokens;

  @Column(name = "output_tokens")
  int outputTokens;

  @Column(name = "characters_count")
  int charactersCount;

  @Column(name = "audio_seconds")
  BigDecimal audioSeconds;

  @Column(name = "cost_usd")
  BigDecimal costUsd;

  @ColumnTransformer(read = "details::text")
  String details;

  /**
   * A usage row as shown.
   *
   * @param source the session that reported it
   * @param type llm_usage, tts_usage, stt_usage, …
   * @param costUsd null where no price is known
   */
  @Schema(name = "Usage")
  record View(
      UUID callId,
      String source,
      String type,
      String provider,
      String model,
      int inputTokens,
      int outputTokens,
      int charactersCount,
      BigDecimal audioSeconds,
      BigDecimal costUsd,
      @Schema(implementation = Object.class) @JsonRawValue String details) {

    static View of(Usage row) {
      return new View(
          row.callId,
          row.source,
          row.type,
          row.provider,
          row.model,
          row.inputTokens,
          row.outputTokens,
          row.charactersCount,
          row.audioSeconds,
          row.costUsd,
          row.details);
    }
  }

  /** The primary key, as JPA wants it. */
  static class Key implements Serializable {
    UUID callId;
    String source;
    String type;
    String provider;
    String model;

    @Override
    public boolean equals(Object other) {
      return other instanceof Key key
          && key.callId.equals(callId)
          && key.source.equals(source)
          && key.type.equals(type)
          && key.provider.equals(provider)
          && key.model.equals(model);
    }

    @Override
    public int hashCode() {
      return Objects.hash(callId, source, type, provider, model);
    }
  }
}
