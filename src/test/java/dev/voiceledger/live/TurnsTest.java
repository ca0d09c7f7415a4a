package dev.voiceledger.live;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import org.junit.jupiter.api.Test;

/** The line of those who begin to read is bounded, and who went is not served. */
class TurnsTest {
  private final Turns turns = new Turns(1, 2);
  private final Promise<String> first = Promise.promise();

  private Future<String> take(String what, boolean wanted) {
    return turns.take(() -> Future.succeededFuture(what), () -> wanted);
  }

  @Test
  void so_many_wait_and_no_more() {
    Future<String> under = turns.take(first::future, () -> true);
    Future<String> second = take("second", true);
    Future<String> gone = take("gone", false);
    assertTrue(take("too many", true).failed());
    assertFalse(second.isComplete());
    first.complete("first");
    assertEquals("first", under.result());
    assertEquals("second", second.result());
    assertTrue(gone.failed(), "not looked up for nobody");
    assertEquals("next", take("next", true).result());
  }

  @Test
  void one_that_breaks_ends_its_turn() {
    Future<String> broken =
        turns.take(
            () -> {
              throw new IllegalStateException("broken");
            },
            () -> true);
    assertTrue(broken.failed());
    assertEquals("next", take("next", true).result());
  }
}
