package dev.voiceledger.bench;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.voiceledger.ledger.Entry;
import dev.voiceledger.ledger.EntryWrites;
import dev.voiceledger.message.PostWrites;
import dev.voiceledger.webhook.TypicalCalls;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Flat with size: what reads and writes cost in the database, through row level security, does not
 * grow with the ledger. The short form compares a ledger with one of a quarter of it and asserts
 * plans and pages, never times; {@code -Dbench=full} does so with 1 million calls and 10 million
 * messages and prints the times. Plans lie under {@code target/bench}.
 */
class SizeIT {
  private static final boolean FULL = "full".equals(System.getProperty("bench"));
  private static final int SMALL = FULL ? 100_000 : 10_000;
  private static final int LARGE = FULL ? 1_000_000 : 40_000;
  private static final int LONGEST = FULL ? 100_000 : 1_000;
  private static final int PAGES = FULL ? 10_000 : 700;
  private static final int RUNS = FULL ? 200 : 30;
  private static final Path KEPT = Path.of("target", "bench", "size.txt");

  /** Of any one question: at most twenty pages for each row of a page, as in the plans' test. */
  private static final long BUFFERS_MAX = 20 * 51;

  /** An index of more rows may be one level higher: one page more for each row of a page. */
  private static final long LEVEL = 51;

  /** The same of all indexes that a write looks into. */
  private static final double GROWN_MAX = 1.35;

  private static final double DEEPER_MAX = 1.2;
  private static final int SLACK = 8;

  private static final String COLUMNS =
      "| a %s into | ms | pages | entries | of 32 together: ms | pages | entries |";

  private static final StringBuilder KEEP = new StringBuilder();
  private static SizedLedger none;
  private static SizedLedger small;
  private static SizedLedger large;

  @BeforeAll
  static void fill() {
    none = SizedLedger.filled(0);
    small = SizedLedger.filled(SMALL);
    large = SizedLedger.filled(LARGE);
  }

  @AfterAll
  static void keep() throws IOException {
    Files.createDirectories(KEPT.getParent());
    Files.writeString(KEPT, KEEP);
  }

  @Test
  void reads_are_by_index_and_no_dearer_in_a_larger_ledger() throws Exception {
    List<Explained> few = small.reads();
    List<Explained> many = large.reads();
    says("| of %,d calls | ms | pages |".formatted(LARGE));
    for (int i = 0; i < many.size(); i++) {
      keeps(many.get(i));
      many.get(i).assertReadsByIndex();
      assertTrue(many.get(i).buffers() <= BUFFERS_MAX, many.get(i).plan().text());
      long grown = many.get(i).buffers() - few.get(i).buffers();
      assertTrue(grown <= LEVEL, few.get(i).plan().text() + many.get(i).plan().text());
    }
  }

  /** What no rollup serves yet: told, so that nobody takes it for cheap. */
  @Test
  void what_looks_at_many_rows_is_told() throws Exception {
    Assumptions.assumeTrue(FULL, "SKIPPED: -Dbench=full");
    says("| looks at many | ms | pages |");
    large.surveys().forEach(SizeIT::keeps);
  }

  @Test
  void a_page_far_behind_costs_what_the_first_does() throws Exception {
    List<Explained> pages = large.pages(PAGES, LONGEST);
    says("| page | ms | pages |");
    pages.forEach(SizeIT::keeps);
    for (int i = 0; i < pages.size(); i += 2) {
      Explained first = pages.get(i);
      Explained deep = pages.get(i + 1);
      deep.assertReadsByIndex();
      assertNotAbove(DEEPER_MAX, first.buffers(), deep.buffers(), deep.name());
      assertNotAbove(DEEPER_MAX, deep.buffers(), first.buffers(), first.name());
    }
  }

  @Test
  void a_message_is_no_dearer_in_a_longer_call_or_a_larger_ledger() throws Exception {
    List<GroupCost> costs = new ArrayList<>();
    says(COLUMNS.formatted("message"));
    costs.add(message("an empty ledger", none, emptyCall()));
    costs.add(message("%,d calls".formatted(SMALL), small, small.callOf(10)));
    for (int length = 10; length <= LONGEST; length *= 10) {
      String where = "%,d calls, after %,d messages".formatted(LARGE, length);
      costs.add(message(where, large, large.callOf(length)));
    }
    for (GroupCost cost : costs) {
      assertNotDearer(costs.get(1), cost);
    }
  }

  @Test
  void events_are_no_dearer_in_a_larger_ledger() throws Exception {
    says(COLUMNS.formatted("webhook"));
    GroupCost few = event(small);
    GroupCost many = event(large);
    assertNotDearer(few, many);
  }

  /** Rooms that a ledger that was kept has not seen in an earlier run. */
  private static String fresh(String name) {
    return name + Long.toString(System.nanoTime(), Character.MAX_RADIX);
  }

  private static void assertNotDearer(GroupCost before, GroupCost now) {
    assertNotAbove(GROWN_MAX, before.buffers(), now.buffers(), "pages");
    assertNotAbove(1, before.entries(), now.entries(), "entries");
  }

  private static UUID emptyCall() throws Exception {
    TypicalCalls typical = TypicalCalls.of("empty", 1);
    GroupCost.of(none.database(), 1, n -> EntryWrites.of(typical.entries().subList(0, 5)));
    String id = "select voiceledger.call_id_of_room('RM_empty_0')::text";
    return UUID.fromString(dev.voiceledger.history.Tables.texts(none.database(), id).getFirst());
  }

  private static GroupCost message(String where, SizedLedger ledger, UUID call) throws Exception {
    GroupCost one = GroupCost.of(ledger.database(), RUNS, n -> PostWrites.of(call, 1));
    GroupCost many = GroupCost.of(ledger.database(), RUNS / 4, n -> PostWrites.of(call, 32));
    says(where, one, many);
    return one;
  }

  private static GroupCost event(SizedLedger ledger) throws Exception {
    List<Entry> one = TypicalCalls.of(fresh("one"), RUNS).entries();
    List<Entry> many = TypicalCalls.of(fresh("many"), RUNS * 8).entries();
    GroupCost alone =
        GroupCost.of(ledger.database(), RUNS, n -> EntryWrites.of(one.subList(n, n + 1)));
    GroupCost group =
        GroupCost.of(
            ledger.database(), RUNS / 4, n -> EntryWrites.of(many.subList(32 * n, 32 * n + 32)));
    says("%,d calls".formatted(ledger.calls()), alone, group);
    return alone;
  }

  private static void assertNotAbove(double ratioMax, double before, double now, String what) {
    assertTrue(now <= ratioMax * before + SLACK, what + ": from " + before + " to " + now);
  }

  private static void says(String where, GroupCost one, GroupCost many) {
    says(
        "| %s | %.3f | %.0f | %.0f | %.3f | %.0f | %.0f |"
            .formatted(
                where,
                one.milliseconds(),
                one.buffers(),
                one.entries(),
                many.milliseconds(),
                many.buffers(),
                many.entries()));
  }

  private static void says(String line) {
    System.err.println(line);
    KEEP.append(line).append('\n');
  }

  private static void keeps(Explained explained) {
    says(explained.figures());
    KEEP.append(explained.plan().text()).append('\n');
    System.err.println(explained.plan().text());
  }
}
