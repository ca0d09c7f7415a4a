package dev.voiceledger;

import java.util.ArrayList;
import java.util.List;

/** Every order that some things can come in. */
public final class Permutations {
  private Permutations() {}

  /**
   * All orders of the numbers from 0 to {@code n - 1}.
   *
   * @return n! lists of n numbers
   */
  public static List<List<Integer>> of(int n) {
    if (n == 0) {
      return List.of(List.of());
    }
    List<List<Integer>> all = new ArrayList<>();
    for (List<Integer> shorter : of(n - 1)) {
      for (int at = 0; at < n; at++) {
        List<Integer> longer = new ArrayList<>(shorter);
        longer.add(at, n - 1);
        all.add(longer);
      }
    }
    return all;
  }
}
