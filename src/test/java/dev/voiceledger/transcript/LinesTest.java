package dev.voiceledger.transcript;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Texts of any length cost no more than they must. */
class LinesTest {
  private static final int TIMES = 20_000;

  @Test
  void what_is_safe_already_is_not_copied() {
    String plain = "plain words, é, 中, 👍 and so on";
    assertSame(plain, Lines.of(plain).getFirst());
    assertSame(plain, Lines.isolated(plain));
  }

  @Test
  void what_is_not_becomes_so() {
    assertEquals(List.of("a␀b c␡�"), Lines.of("\ta\0b\tc\u007F\u009F"));
    assertEquals("\u2068a שלום 👍\u2069", Lines.isolated("a שלום 👍"));
    assertEquals("\u2068\u2067a\u2069\u2069", Lines.isolated("\u2067a\u2069\u2069"));
    assertEquals("\u2068\u2066a\u2069\u2069", Lines.isolated("\u2066a"));
  }

  @Test
  void a_text_is_heard_that_has_a_line() {
    Random random = new Random(3);
    int[] some = "a\n\r\u0085\u2028\u000B\u000C\t\0 \u00A0\u200B\u202E👍".codePoints().toArray();
    for (int n = 0; n < TIMES; n++) {
      StringBuilder text = new StringBuilder();
      random.ints(random.nextInt(4), 0, some.length).forEach(i -> text.appendCodePoint(some[i]));
      assertEquals(!Lines.of(text.toString()).isEmpty(), Lines.isSeen(text.toString()));
    }
  }

  @Test
  void turns_are_sorted_by_time_then_by_number() {
    Random random = new Random(5);
    for (int size = 0; size < 300; size++) {
      TurnOrder order = new TurnOrder();
      long[] said = random.longs(size, -5, 20).toArray();
      for (int number = 0; number < size; number++) {
        order.add(number, new Spoken(said[number], 0), 0, number);
      }
      order.sorted();
      assertEquals(
          IntStream.range(0, size)
              .boxed()
              .sorted(Comparator.comparingLong((Integer n) -> said[n]).thenComparing(n -> n))
              .toList(),
          IntStream.range(0, size).mapToObj(order::number).toList());
    }
  }
}
