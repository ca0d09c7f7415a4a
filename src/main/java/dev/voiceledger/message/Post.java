package dev.voiceledger.message;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.Arrays;
import java.util.Objects;
import java.util.UUID;

/**
 * One post of one message. Null is "not said".
 *
 * @param id given, or a random one
 * @param segmentId given, or {@code id:} and the id
 * @param number the place that the poster names
 * @param said when; null where the poster does not say
 * @param metadata a JSON object, as text
 */
record Post(
    UUID callId,
    UUID id,
    String segmentId,
    String role,
    String content,
    String inputModality,
    Integer number,
    Instant said,
    String participantIdentity,
    boolean isFinal,
    boolean interrupted,
    String audioUrl,
    String provider,
    String modelUsed,
    Integer tokensUsed,
    Integer inputTokens,
    Integer outputTokens,
    BigDecimal costUsd,
    Integer latencyMs,
    String metadata,
    Poster poster) {
  private static final String BY_ID = "id:";

  static String segmentOf(UUID id) {
    return BY_ID + id;
  }

  boolean namesSegment() {
    return !segmentId.startsWith(BY_ID);
  }

  /** The lesser fields in one: decides where all that matters is equal. */
  UUID digest() {
    String rest =
        String.join(
            "\0",
            role,
            inputModality,
            Objects.toString(participantIdentity),
            Boolean.toString(interrupted),
            Objects.toString(audioUrl),
            Objects.toString(provider),
            Objects.toString(modelUsed),
            Objects.toString(tokensUsed),
            Objects.toString(inputTokens),
            Objects.toString(outputTokens),
            Objects.toString(costUsd),
            Objects.toString(latencyMs),
            metadata,
            poster.postedBy());
    return UUID.nameUUIDFromBytes(rest.getBytes(UTF_8));
  }

  /** The one of two posts of one message that holds; the same whichever is asked. */
  Post or(Post other) {
    Post winner = compare(other) >= 0 ? this : other;
    Post named = namesSegment() ? this : other;
    return winner.segmentId.equals(named.segmentId) ? winner : winner.inSegment(named.segmentId);
  }

  private int compare(Post other) {
    int order = Integer.compare(poster.rank(), other.poster.rank());
    order = order != 0 ? order : Boolean.compare(isFinal, other.isFinal);
    order = order != 0 ? order : compare(said, other.said);
    order =
        order != 0
            ? order
            : Arrays.compareUnsigned(content.getBytes(UTF_8), other.content.getBytes(UTF_8));
    return order != 0 ? order : digest().toString().compareTo(other.digest().toString());
  }

  private static int compare(Instant a, Instant b) {
    if (a == null || b == null) {
      return Boolean.compare(a != null, b != null);
    }
    return a.compareTo(b);
  }

  private Post inSegment(String segment) {
    return new Post(
        callId,
        id,
        segment,
        role,
        content,
        inputModality,
        number,
        said,
        participantIdentity,
        isFinal,
        interrupted,
        audioUrl,
        provider,
        modelUsed,
        tokensUsed,
        inputTokens,
        outputTokens,
        costUsd,
        latencyMs,
        metadata,
        poster);
  }
}
