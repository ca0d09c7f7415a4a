package dev.voiceledger.schema;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.voiceledger.TestDatabases;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Whatever is loosened or taken away of the policies is noticed: by the access matrix, and where
 * nothing can be seen of it from outside, by a law of the catalogue. What to break is read from the
 * catalogue, so that a new policy is broken too. Each mutant is undone before the next.
 */
class PolicyMutantsTest {
  private static final Path LAWS = Path.of("src", "test", "sql");
  private static final String ASSERT_FAILURE = "P0004";
  private static final int MUTANTS_MIN = 100;

  /**
   * What is true already cannot be weakened, so that is left out. A WITH CHECK that is taken away
   * leaves USING in its place, which is the same wherever both say the same; where they differ it
   * is a mutant.
   */
  private static final String MUTANTS =
      """
      with policies as (
          select p.*, c.oid::regclass::text as relation, pg_get_expr(p.polqual, c.oid) as qual,
            pg_get_expr(p.polwithcheck, c.oid) as checked,
            (select string_agg(r::regrole::text, ', ') from unnest(p.polroles) r) as roles
          from pg_policy p join pg_class c on c.oid = p.polrelid
          where c.relnamespace in ('public'::regnamespace, 'voiceledger'::regnamespace)),
        ours as (
          select c.oid::regclass::text as relation, c.relkind from pg_class c
          where c.relnamespace in ('public'::regnamespace, 'voiceledger'::regnamespace))
      select relation, format('drop policy %I on %s', polname, relation) from policies
      union all select relation, format('alter policy %I on %s using (true)', polname, relation)
        from policies where qual <> 'true'
      union all select relation, format('alter policy %I on %s using (false)', polname, relation)
        from policies where qual is not null
      union all select relation,
          format('alter policy %I on %s with check (true)', polname, relation)
        from policies where checked <> 'true'
      union all select relation,
          format('alter policy %I on %s with check (false)', polname, relation)
        from policies where checked is not null
      union all select relation, format(
          'drop policy %1$I on %2$s; create policy %1$I on %2$s to %3$s using (%4$s)',
          polname, relation, roles, qual)
        from policies where checked <> qual
      union all select relation, format('alter policy %I on %s to public', polname, relation)
        from policies
      union all select relation, format('alter table %s disable row level security', relation)
        from ours where relkind in ('r', 'p')
      union all select relation, format('alter table %s no force row level security', relation)
        from ours where relkind in ('r', 'p')
      union all select relation, format('alter view %s set (security_invoker = false)', relation)
        from ours where relkind = 'v'
      order by 1, 2
      """;

  private record Mutant(String relation, String change) {}

  @Test
  void every_mutant_of_the_policies_is_noticed() throws Exception {
    List<String> survivors = new ArrayList<>();
    int byMatrix = 0;
    int byCatalogue = 0;
    try (Connection superuser = TestDatabases.on18().fresh().superuser();
        AccessMatrix matrix = new AccessMatrix(superuser)) {
      assertEquals(true, matrix.holds() && catalogueHolds(superuser), "before anything is broken");
      for (Mutant mutant : mutants(superuser)) {
        TwoSessions.execute(superuser, "savepoint mutant; " + mutant.change());
        if (!matrix.holds(mutant.relation()) || !matrix.holds()) {
          byMatrix++;
        } else if (!catalogueHolds(superuser)) {
          byCatalogue++;
          System.err.println("noticed by the catalogue alone: " + mutant.change());
        } else {
          survivors.add(mutant.change());
        }
        TwoSessions.execute(superuser, "rollback to savepoint mutant");
      }
    }
    System.err.println(
        "mutants of policies noticed by the matrix: %d, by the catalogue alone: %d, by nobody: %d"
            .formatted(byMatrix, byCatalogue, survivors.size()));
    assertEquals(List.of(), survivors);
    assertEquals(true, byMatrix >= MUTANTS_MIN, "there was something to break");
  }

  private static List<Mutant> mutants(Connection superuser) throws SQLException {
    List<Mutant> mutants = new ArrayList<>();
    try (Statement statement = superuser.createStatement();
        ResultSet rows = statement.executeQuery(MUTANTS)) {
      while (rows.next()) {
        mutants.add(new Mutant(rows.getString(1), rows.getString(2)));
      }
    }
    return mutants;
  }

  private static boolean catalogueHolds(Connection superuser) throws IOException, SQLException {
    try (Stream<Path> files = Files.list(LAWS)) {
      for (Path law : files.sorted().toList()) {
        if (law.getFileName().toString().startsWith("catalogue_")
            && !holds(superuser, Files.readString(law))) {
          return false;
        }
      }
    }
    return true;
  }

  private static boolean holds(Connection superuser, String law) throws SQLException {
    TwoSessions.execute(superuser, "savepoint law; select test.as_owner()");
    try {
      TwoSessions.execute(superuser, law);
      return true;
    } catch (SQLException e) {
      assertEquals(ASSERT_FAILURE, e.getSQLState(), e.getMessage());
      return false;
    } finally {
      TwoSessions.execute(superuser, "rollback to savepoint law");
    }
  }
}
