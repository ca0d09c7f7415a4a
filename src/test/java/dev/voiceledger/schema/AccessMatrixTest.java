package dev.voiceledger.schema;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.voiceledger.TestDatabases;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Everybody may do with every table and view what {@code access.matrix.txt} says, and no more. */
class AccessMatrixTest {
  /** Two columns name the relation and the statement, the rest are cells. */
  private static final int CELLS_FROM = 2;

  private static final List<String> READ_ONLY = List.of("active_calls_summary", "call_analytics");

  @Test
  void everybody_may_do_what_is_specified() throws Exception {
    is_as_specified(TestDatabases.on18(), false);
    is_as_specified(TestDatabases.on18(), true);
  }

  @Test
  void everybody_may_do_what_is_specified_on_15() throws Exception {
    is_as_specified(TestDatabases.on15(), false);
    is_as_specified(TestDatabases.on15(), true);
  }

  private static void is_as_specified(TestDatabases databases, boolean aside) throws Exception {
    try (AccessMatrix matrix = new AccessMatrix(databases.fresh().superuser())) {
      assertEquals(AccessMatrix.specified(aside), matrix.tried(aside));
    }
  }

  /** A statement that nobody can make work would show every lock as tight. */
  @Test
  void beside_each_refusal_somebody_is_let_in() throws Exception {
    int cells = 0;
    for (boolean aside : new boolean[] {false, true}) {
      for (String line : AccessMatrix.specified(aside).lines().toList()) {
        List<String> words = Arrays.asList(line.split(" +"));
        List<String> outcomes = words.subList(CELLS_FROM, words.size());
        cells += outcomes.size();
        boolean written = !words.get(1).equals("select");
        boolean nobody = outcomes.stream().noneMatch(cell -> cell.matches("[A-Z]+"));
        assertEquals(READ_ONLY.contains(words.getFirst()) && written, nobody, line);
      }
    }
    System.err.println("cells of the access matrix: " + cells);
  }

  @Test
  void a_table_without_a_line_shows() throws Exception {
    var database = TestDatabases.on18().fresh();
    database.asSuperuser("create table voiceledger.forgotten (id uuid)");
    try (AccessMatrix matrix = new AccessMatrix(database.superuser())) {
      assertEquals(false, matrix.holds());
    }
  }
}
