package dev.voiceledger.access;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.voiceledger.platform.ProblemException;
import java.time.Instant;
import java.util.UUID;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** How many writes there are for whom, before the first refusal. */
class AllowanceTest {
  private final Limits limits = new Limits();

  private static Caller user() {
    return Caller.user("{}", UUID.randomUUID().toString(), false);
  }

  private static Caller joined(String room, String identity) {
    return Caller.of(new JoinGrant(room, identity, null, false, null, null, Instant.MAX));
  }

  private static int drawn(Consumer<Caller> limit, Caller caller) {
    for (int i = 0; ; i++) {
      try {
        limit.accept(caller);
      } catch (ProblemException refused) {
        assertTrue(refused.retryAfterSeconds() >= 1);
        return i;
      }
    }
  }

  /** Filled up while drawn from: so there may be a little more. */
  private static void assertAbout(int expected, int drawn) {
    assertTrue(drawn >= expected && drawn < 2 * expected, drawn + " where " + expected + " are");
  }

  @Test
  void a_user_writes_500_at_once_and_a_service_twenty_times_that() {
    assertAbout(500, drawn(limits::writes, user()));
    assertAbout(10_000, drawn(limits::writes, Caller.SERVICE));
    assertAbout(100, drawn(limits::tokens, user()));
    assertAbout(2_000, drawn(limits::tokens, Caller.SERVICE));
  }

  @Test
  void each_participant_has_a_bucket_of_its_own() {
    assertAbout(500, drawn(limits::writes, joined("room", "ada")));
    assertDoesNotThrow(() -> limits.writes(joined("room", "grace")));
    assertDoesNotThrow(() -> limits.writes(joined("roo", "mada")));
    assertDoesNotThrow(() -> limits.writes(user()));
  }

  @Test
  void addresses_without_end_do_not_fill_the_memory() {
    for (int i = 0; i < 100_000; i++) {
      limits.failedTries("10." + i);
    }
    assertTrue(limits.size() <= 5 * Limits.BUCKETS_MAX);
  }
}
