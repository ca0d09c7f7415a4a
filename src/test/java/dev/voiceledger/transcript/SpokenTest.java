package dev.voiceledger.transcript;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** When something was said and for how long, out of what agents measure. */
class SpokenTest {
  private static final long AT = 1_790_000_000_000L;

  @ParameterizedTest
  @CsvSource({
    "1789999998.5, 1790000000.25, -1500, 1750",
    "1789999998500, 1790000000250, -1500, 1750",
    ", 1790000002, 0, 2000",
    "1790000001, , 1000, 0",
    "1790000001, 1790000000, 1000, 0",
    "1789990000, 1790000001, 0, 1000",
    "1790000000, 1790009999, 0, 0",
    "NaN, Infinity, 0, 0",
    "1e400, -1e400, 0, 0",
    "soon, later, 0, 0",
    "0, 0, 0, 0"
  })
  void what_was_measured_holds_where_it_fits(
      String started, String stopped, long later, int lasts) {
    assertEquals(new Spoken(AT + later, lasts), Spoken.of(AT, started, stopped));
  }

  @Test
  void a_text_takes_as_long_as_it_is() {
    assertEquals(1_000, Spoken.estimateMs(""));
    assertEquals(65 * 40, Spoken.estimateMs("a".repeat(40)));
    assertEquals(180 * 10, Spoken.estimateMs("你".repeat(10)));
    assertEquals(20_000, Spoken.estimateMs("a".repeat(100_000)));
  }

  @Test
  void turns_stand_as_they_were_said_and_end_when_the_speaker_goes_on() {
    TurnOrder order = new TurnOrder();
    order.add(1, new Spoken(5_000, 0), 7, 1);
    order.add(2, new Spoken(1_000, 0), 7, 1);
    order.add(3, new Spoken(5_000, 0), 8, 1);
    order.add(4, new Spoken(2_200, 900), 7, 1);
    order.add(5, new Spoken(2_210, 0), 8, 1);
    order.sorted();
    StringBuilder shown = new StringBuilder();
    for (int i = 0; i < order.size(); i++) {
      shown
          .append(order.number(i))
          .append(':')
          .append(order.lastsMs(i, "a".repeat(40)))
          .append(' ');
    }
    assertEquals("2:1200 4:900 5:2600 1:2600 3:2600 ", shown.toString());
    order = new TurnOrder();
    order.add(1, new Spoken(0, 0), 7, 1);
    order.add(2, new Spoken(1, 0), 7, 1);
    assertEquals(500, order.sorted().lastsMs(0, "a".repeat(40)));
  }
}
