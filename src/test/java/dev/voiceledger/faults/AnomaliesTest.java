package dev.voiceledger.faults;

import static dev.voiceledger.faults.History.Outcome.FAILED;
import static dev.voiceledger.faults.History.Outcome.OK;
import static dev.voiceledger.faults.History.Outcome.UNKNOWN;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.voiceledger.faults.Anomalies.Kind;
import dev.voiceledger.faults.History.Append;
import dev.voiceledger.faults.History.Read;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The judge is judged: each anomaly is found where it was planted, and nothing where none is. */
class AnomaliesTest {
  private static Append append(String key, String value) {
    return new Append(key, value);
  }

  private static Read read(String key, String... values) {
    return new Read(key, List.of(values));
  }

  private static void assertFinds(History history, Kind... kinds) {
    Anomalies anomalies = Anomalies.of(history);
    Set<Kind> found = EnumSet.noneOf(Kind.class);
    for (Kind kind : Kind.values()) {
      if (anomalies.count(kind) > 0) {
        found.add(kind);
      }
    }
    assertEquals(Set.of(kinds), found, anomalies.toString());
  }

  @Test
  void what_one_did_after_the_other_has_none() {
    Random random = new Random(1);
    Map<String, List<String>> lists = new HashMap<>();
    History history = new History();
    for (int i = 0; i < 2_000; i++) {
      String key = "k" + random.nextInt(10);
      String other = "k" + random.nextInt(10);
      List<String> list = lists.computeIfAbsent(key, none -> new ArrayList<>());
      List<String> seen = lists.computeIfAbsent(other, none -> new ArrayList<>());
      if (random.nextInt(3) == 0) {
        list.add("v" + i);
        Read after = new Read(other, List.copyOf(seen));
        history.add(OK, 2 * i, 2 * i + 1, List.of(append(key, "v" + i), after));
      } else {
        Read one = new Read(key, List.copyOf(list));
        history.add(OK, 2 * i, 2 * i + 1, List.of(one, new Read(other, List.copyOf(seen))));
      }
    }
    lists.forEach((key, list) -> history.then(OK, new Read(key, list)));
    assertFinds(history);
  }

  @Test
  void what_is_not_known_may_have_happened_or_not() {
    assertFinds(
        new History()
            .then(UNKNOWN, append("x", "1"))
            .then(UNKNOWN, append("x", "2"))
            .then(FAILED, append("x", "3"))
            .then(OK, read("x", "1")));
  }

  @Test
  void writes_over_writes_in_a_circle() {
    assertFinds(
        new History()
            .then(OK, append("x", "1"), append("y", "1"))
            .then(OK, append("x", "2"), append("y", "2"))
            .then(OK, read("x", "1", "2"))
            .then(OK, read("y", "2", "1")),
        Kind.G0);
  }

  @Test
  void what_failed_is_read() {
    assertFinds(new History().then(FAILED, append("x", "1")).then(OK, read("x", "1")), Kind.G1A);
  }

  @Test
  void what_was_only_meanwhile_is_read() {
    assertFinds(
        new History()
            .then(OK, append("x", "1"), append("x", "2"))
            .then(OK, read("x", "1"))
            .then(OK, read("x", "1", "2")),
        Kind.G1B,
        Kind.G_SINGLE);
  }

  @Test
  void two_that_read_each_other() {
    assertFinds(
        new History()
            .then(OK, append("x", "1"), read("y", "1"))
            .then(OK, append("y", "1"), read("x", "1")),
        Kind.G1C);
  }

  @Test
  void one_list_new_and_another_old() {
    assertFinds(
        new History()
            .then(OK, append("x", "1"), append("y", "1"))
            .then(OK, read("x", "1"), read("y"))
            .then(OK, read("y", "1")),
        Kind.G_SINGLE);
  }

  @Test
  void two_readers_that_do_not_agree_who_was_first() {
    assertFinds(
        new History()
            .then(OK, append("x", "1"))
            .then(OK, append("y", "1"))
            .then(OK, read("x", "1"), read("y"))
            .then(OK, read("x"), read("y", "1")),
        Kind.G2);
  }

  @Test
  void an_acknowledged_append_that_is_gone() {
    assertFinds(
        new History()
            .then(OK, append("x", "1"))
            .then(OK, append("x", "2"))
            .then(OK, read("x", "2")),
        Kind.LOST_UPDATE);
  }

  @Test
  void two_that_went_out_from_one_state() {
    assertFinds(
        new History()
            .then(OK, read("x"), append("x", "1"))
            .then(OK, read("x"), append("x", "2"))
            .then(OK, read("x", "1", "2")),
        Kind.LOST_UPDATE,
        Kind.G_SINGLE);
  }

  @Test
  void a_read_that_began_later_and_is_behind() {
    History history = new History();
    history.add(OK, 1, 2, List.of(append("x", "1")));
    history.add(OK, 3, 4, List.of(read("x")));
    history.add(OK, 5, 6, List.of(read("x", "1")));
    assertFinds(history, Kind.STALE);
  }

  @Test
  void lists_that_do_not_begin_each_other() {
    History history = new History().then(OK, append("x", "1")).then(OK, append("x", "2"));
    assertFinds(history.then(OK, read("x", "1", "2")).then(OK, read("x", "2")), Kind.ORDER);
  }

  @Test
  void values_that_are_there_twice_or_that_nobody_wrote() {
    assertFinds(new History().then(OK, append("x", "1")).then(OK, read("x", "1", "1")), Kind.TWICE);
    assertFinds(new History().then(OK, read("x", "1")), Kind.NOWHERE);
  }

  @Test
  void a_history_in_which_two_wrote_the_same_says_nothing() {
    History history = new History().then(OK, append("x", "1")).then(OK, append("x", "1"));
    assertThrows(IllegalArgumentException.class, () -> Anomalies.of(history));
  }
}
