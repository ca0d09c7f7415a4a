package dev.voiceledger.message;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Instant;
import java.util.Arrays;
import java.util.Objects;
import java.util.UUID;

/**
 * One post of one message: what is said, in which call, and by whom.
 *
 * @param id given, or a random one
 * @param segmentId given, or {@code id:} and the id
 * @param number the place that the poster names; null where it names none
 */
record Post(UUID callId, UUID id, String segmentId, Integer number, Said said, Poster poster) {
  private static final String BY_ID = "id:";

  /**
   * What makes two posts one without asking the database: the same names of the same message, given
   * by people of whom the same is to be asked; else one that is not admitted could take the place
   * of one that is.
   */
  record Address(
      UUID callId, UUID id, String segmentId, UUID userId, String joined, Instant issued) {}

  static Post of(UUID callId, Said said, Poster poster) {
    UUID id = said.id() == null ? UUID.randomUUID() : said.id();
    String segment = said.segmentId() == null ? BY_ID + id : said.segmentId();
    return new Post(callId, id, segment, said.number(), said, poster);
  }

  boolean namesId() {
    return said.id() != null;
  }

  boolean namesSegment() {
    return said.segmentId() != null;
  }

  Address address() {
    UUID named = namesSegment() ? said.id() : id;
    return new Address(
        callId, named, said.segmentId(), poster.userId(), poster.joined(), poster.issued());
  }

  /** Whoever posts for itself need not say who speaks. */
  String identity() {
    return said.participantIdentity() == null ? poster.identity() : said.participantIdentity();
  }

  /**
   * The lesser fields in one: decides where all that matters is equal. The length comes first, so
   * that who says more holds: what an agent posts live has no measurements yet, its report has.
   */
  UUID digest() {
    String rest =
        String.join(
            "\0",
            said.role(),
            said.inputModality(),
            Objects.toString(identity()),
            Boolean.toString(said.interrupted()),
            Objects.toString(said.audioUrl()),
            Objects.toString(said.provider()),
            Objects.toString(said.modelUsed()),
            Objects.toString(said.tokensUsed()),
            Objects.toString(said.inputTokens()),
            Objects.toString(said.outputTokens()),
            Objects.toString(said.costUsd()),
            Objects.toString(said.latencyMs()),
            said.metadata(),
            poster.postedBy());
    UUID hash = UUID.nameUUIDFromBytes(rest.getBytes(UTF_8));
    long length = (long) rest.length() << Integer.SIZE;
    return new UUID(
        length | hash.getMostSignificantBits() & 0xFFFF_FFFFL, hash.getLeastSignificantBits());
  }

  /** The one of two posts of one address that holds; the same whichever is asked. */
  Post or(Post other) {
    Post winner = compare(other) >= 0 ? this : other;
    Integer least = number;
    if (least == null || other.number != null && other.number < least) {
      least = other.number;
    }
    return new Post(callId, winner.id, winner.segmentId, least, winner.said, winner.poster);
  }

  private int compare(Post other) {
    int order = Integer.compare(poster.rank(), other.poster.rank());
    order = order != 0 ? order : Boolean.compare(said.isFinal(), other.said.isFinal());
    order = order != 0 ? order : compare(said.said(), other.said.said());
    order = order != 0 ? order : Arrays.compareUnsigned(text(), other.text());
    return order != 0 ? order : digest().toString().compareTo(other.digest().toString());
  }

  private byte[] text() {
    return said.content().getBytes(UTF_8);
  }

  private static int compare(Instant a, Instant b) {
    if (a == null || b == null) {
      return Boolean.compare(a != null, b != null);
    }
    return a.compareTo(b);
  }
}
