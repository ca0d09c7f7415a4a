package dev.voiceledger.live;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.List;
import java.util.stream.Stream;
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

  /** A replica goes, its readers come here, and nobody is told for so long that they all go. */
  @Test
  void thousands_who_went_are_passed_on_a_small_stack() throws Exception {
    Turns longLine = new Turns(1, 20_000);
    longLine.take(first::future, () -> true);
    List<Future<String>> gone =
        Stream.generate(() -> longLine.take(() -> Future.succeededFuture("no"), () -> false))
            .limit(20_000)
            .toList();
    Thread small = new Thread(null, () -> first.complete("first"), "small", 256 * 1024);
    small.start();
    small.join();
    assertTrue(gone.stream().allMatch(Future::failed));
    assertEquals("next", longLine.take(() -> Future.succeededFuture("next"), () -> true).result());
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
