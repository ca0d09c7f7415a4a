package dev.voiceledger.schema;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.voiceledger.TestDatabase;
import dev.voiceledger.TestDatabases;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.output.MigrateResult;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * What all migrations together leave is one text, so that a change of the schema shows in review as
 * a change of lines. Laws of the catalogue are SQL tests: {@code src/test/sql/catalogue_*.sql}.
 *
 * <p>To renew the text: {@code SCHEMA_SNAPSHOT=write ./mvnw test -Dtest=SchemaTest}
 */
class SchemaTest {
  private static final Path RESOURCES = Path.of("src", "test", "resources");
  private static final Path SNAPSHOT = RESOURCES.resolve("schema.snapshot.txt");
  private static final Path SNAPSHOT_QUERY = RESOURCES.resolve("schema.snapshot.sql");
  private static final boolean WRITE = "write".equals(System.getenv("SCHEMA_SNAPSHOT"));

  @TestFactory
  Stream<DynamicContainer> the_schema() {
    return Stream.of(
        DynamicContainer.dynamicContainer("on 18", on(TestDatabases::on18)),
        DynamicContainer.dynamicContainer("on 15", on(TestDatabases::on15)));
  }

  private static List<DynamicTest> on(Supplier<TestDatabases> version) {
    return List.of(
        DynamicTest.dynamicTest("is the snapshot", () -> is_the_snapshot(version.get())),
        DynamicTest.dynamicTest("is final", () -> migrating_again_changes_nothing(version.get())),
        DynamicTest.dynamicTest("can be renewed", () -> repeatables_can_be_repeated(version.get())),
        DynamicTest.dynamicTest("shows changes", () -> a_change_shows(version.get())));
  }

  private static void is_the_snapshot(TestDatabases databases) throws Exception {
    String schema = schema(databases.fresh());
    if (WRITE) {
      Files.writeString(SNAPSHOT, schema);
    }
    assertEquals(Files.readString(SNAPSHOT), schema, "renew it as the javadoc of this class says");
  }

  private static void migrating_again_changes_nothing(TestDatabases databases) throws Exception {
    TestDatabase database = databases.empty();
    migrate(database);
    String before = schema(database);
    assertEquals(0, migrate(database).migrationsExecuted);
    assertEquals(before, schema(database));
  }

  /** As when their text changes: each R file runs over what it made the last time. */
  private static void repeatables_can_be_repeated(TestDatabases databases) throws Exception {
    TestDatabase database = databases.fresh();
    String before = schema(database);
    try (Connection owner = database.owner();
        Statement statement = owner.createStatement()) {
      statement.execute("update flyway_schema_history set checksum = 0 where version is null");
    }
    assertEquals(repeatables(), migrate(database).migrationsExecuted);
    assertEquals(before, schema(database));
  }

  private static void a_change_shows(TestDatabases databases) throws Exception {
    TestDatabase database = databases.fresh();
    List<String> changes =
        List.of(
            "grant update (cost_usd) on voice_calls to authenticated",
            "alter policy voice_calls_delete_own on voice_calls using (true)",
            "alter function voiceledger.refresh_access(uuid[]) reset all",
            "alter table voice_calls alter summary set default ''",
            "create index mutant on voice_calls (summary)",
            "comment on table users is 'changed'");
    for (String change : changes) {
      String before = schema(database);
      try (Connection owner = database.owner();
          Statement statement = owner.createStatement()) {
        statement.execute(change);
      }
      assertEquals(false, before.equals(schema(database)), change);
    }
  }

  private static MigrateResult migrate(TestDatabase database) {
    return Flyway.configure()
        .dataSource(database.jdbcUrl(), TestDatabase.OWNER, database.password())
        .locations("filesystem:migrations")
        .load()
        .migrate();
  }

  private static int repeatables() throws IOException {
    try (Stream<Path> files = Files.list(Path.of("migrations"))) {
      return (int) files.filter(it -> it.getFileName().toString().startsWith("R__")).count();
    }
  }

  private static String schema(TestDatabase database) throws IOException, SQLException {
    try (Connection owner = database.owner();
        Statement statement = owner.createStatement();
        ResultSet text = statement.executeQuery(Files.readString(SNAPSHOT_QUERY))) {
      text.next();
      return text.getString(1);
    }
  }
}
