package dev.voiceledger.call;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Instant;
import java.util.Arrays;

/**
 * Merges of facts that do not depend on order. Null is "not said" and yields to anything said. The
 * order of text is that of its bytes, as collation "C" has it: grouping must not show in the rows.
 */
final class Merge {
  private Merge() {}

  static Instant least(Instant a, Instant b) {
    return a == null || b != null && b.isBefore(a) ? b : a;
  }

  static Instant greatest(Instant a, Instant b) {
    return later(a, b) ? b : a;
  }

  static String least(String a, String b) {
    return a == null || b != null && compare(b, a) < 0 ? b : a;
  }

  static boolean later(Instant a, Instant b) {
    return b != null && (a == null || b.isAfter(a));
  }

  /** Whether the register with key {@code b} is later than the one with key {@code a}. */
  static boolean later(String a, String b) {
    return b != null && (a == null || compare(b, a) > 0);
  }

  private static int compare(String a, String b) {
    return a.equals(b) ? 0 : Arrays.compareUnsigned(a.getBytes(UTF_8), b.getBytes(UTF_8));
  }
}
