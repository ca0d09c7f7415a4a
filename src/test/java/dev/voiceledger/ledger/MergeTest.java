package dev.voiceledger.ledger;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.voiceledger.call.CallFacts;
import dev.voiceledger.call.InfoKey;
import dev.voiceledger.call.ParticipantFacts;
import dev.voiceledger.call.RecordingFacts;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.function.BinaryOperator;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/**
 * Merging facts is commutative, associative and idempotent, so that no grouping and no order can
 * show. Values are few, so that ties are many; what a register carries follows from its key, as one
 * event says one thing.
 */
class MergeTest {
  private static final UUID CALL = new UUID(1, 1);
  private static final int ROUNDS = 20_000;

  private final Random random = new Random(20);

  @Test
  void facts_of_calls_merge_in_any_order() {
    laws(this::call, CallFacts::merge);
  }

  @Test
  void facts_of_participants_merge_in_any_order() {
    laws(this::participant, ParticipantFacts::merge);
  }

  @Test
  void facts_of_recordings_merge_in_any_order() {
    laws(this::recording, RecordingFacts::merge);
  }

  /** The database compares bytes of UTF-8; Java's own order of these two is the other one. */
  @Test
  void text_is_ordered_as_in_the_database() {
    CallFacts emoji = named("\ud83d\ude00");
    CallFacts tilde = named("\uff5e");
    assertEquals("\uff5e", emoji.merge(tilde).roomName());
    assertEquals("\uff5e", tilde.merge(emoji).roomName());
  }

  private static CallFacts named(String name) {
    return CallFacts.of(CALL, "RM_1", name);
  }

  private static <T> void laws(Supplier<T> any, BinaryOperator<T> merge) {
    for (int i = 0; i < ROUNDS; i++) {
      T a = any.get();
      T b = any.get();
      T c = any.get();
      assertEquals(a, merge.apply(a, a));
      assertEquals(merge.apply(a, b), merge.apply(b, a));
      assertEquals(
          merge.apply(merge.apply(a, b), c), merge.apply(a, merge.apply(b, c)), "grouping shows");
    }
  }

  private CallFacts call() {
    String key = key();
    String asking = word();
    Instant end = at();
    return new CallFacts(
        CALL,
        "RM_1",
        word(),
        at(),
        at(),
        at(),
        at(),
        at(),
        key,
        key == null ? null : said(key),
        asking == null
            ? null
            : new CallFacts.Opening(asking, null, said(asking), "{}", null, List.of(), null),
        end == null ? null : new CallFacts.InferredEnd(end, random.nextBoolean() ? "a" : "b"));
  }

  private ParticipantFacts participant() {
    String key = key();
    Instant left = at();
    String identity = word();
    return new ParticipantFacts(
        CALL,
        "PA_1",
        identity,
        identity == null ? null : new UUID(0, identity.hashCode()),
        at(),
        at(),
        left,
        at(),
        left == null ? null : word(),
        key == null
            ? null
            : new ParticipantFacts.Info(
                key, said(key), said(key), key.hashCode() % 2 == 0, said(key), "{}"),
        mute(key()));
  }

  private static ParticipantFacts.Mute mute(String key) {
    return key == null ? null : new ParticipantFacts.Mute(key, key.hashCode() % 2 == 0);
  }

  private RecordingFacts recording() {
    String key = random.nextInt(4) + "|" + InfoKey.of(Instant.ofEpochSecond(1), 1, "EV_1");
    return new RecordingFacts(
        CALL, "EG_1", key, "of " + key, said(key), at(), at(), key.hashCode(), 7L, said(key));
  }

  private Instant at() {
    int second = random.nextInt(5);
    return second == 0 ? null : Instant.ofEpochSecond(second);
  }

  private String word() {
    int word = random.nextInt(4);
    return word == 0 ? null : "word " + word;
  }

  private String key() {
    Instant at = at();
    return at == null ? null : InfoKey.of(at, random.nextInt(3), "EV_" + random.nextInt(3));
  }

  /** Sometimes nothing: an event may say of something that it is not there. */
  private static String said(String key) {
    return key.hashCode() % 3 == 0 ? null : "as of " + key;
  }
}
