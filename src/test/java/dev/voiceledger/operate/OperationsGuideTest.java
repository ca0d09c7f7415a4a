package dev.voiceledger.operate;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.voiceledger.FreshDatabase;
import dev.voiceledger.TestDatabase;
import dev.voiceledger.history.People;
import dev.voiceledger.webhook.LiveKitSender;
import dev.voiceledger.webhook.Webhooks;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * docs/operations.md: its commands work as they stand there, and its metrics are those there are.
 */
@QuarkusTest
@WithTestResource(FreshDatabase.class)
class OperationsGuideTest {
  private static final Set<String> MARKS = Set.of("sh", "sql", "promql", "sh not-run");
  private static final int COMMAND_SECONDS_MAX = 60;

  /** Shown from the first time on that there is something to show. */
  private static final Set<String> RARE = Set.of("voiceledger_reconciler_repairs_total");

  private static final Pattern LABEL =
      Pattern.compile("^(voiceledger_[a-z_]+)\\{(?:why|result|kind)=\"([^\"]+)\"");

  TestDatabase database;

  @TestHTTPResource URI base;

  private Guide guide;
  private String failed;

  @BeforeEach
  void begin() throws IOException {
    guide = Guide.read();
    Webhooks odd = Webhooks.event("room_started", "RM_odd", "odd", 0);
    odd.json().remove("createdAt");
    failed = odd.json().get("id").textValue();
    assertEquals(200, new LiveKitSender(base).post(odd));
  }

  @Test
  void every_block_is_run_or_says_that_it_is_not() {
    for (Guide.Block block : guide.blocks()) {
      assertTrue(MARKS.contains(block.mark()), block.mark());
    }
    for (String mark : MARKS) {
      assertFalse(guide.marked(mark).isEmpty(), mark);
    }
  }

  @Test
  void the_commands_work() throws Exception {
    for (String commands : guide.marked("sh")) {
      for (String command : commands.lines().toList()) {
        run(command);
      }
    }
  }

  /** As a reader would type it into a shell that stops at the first failure. */
  private void run(String command) throws Exception {
    ProcessBuilder shell = new ProcessBuilder("bash", "-eo", "pipefail", "-c", command);
    shell
        .environment()
        .putAll(
            Map.of(
                "SERVICE",
                "http://" + base.getHost() + ":" + base.getPort(),
                "TOKEN",
                People.service(),
                "EVENT",
                failed));
    Process process = shell.redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertTrue(process.waitFor(COMMAND_SECONDS_MAX, TimeUnit.SECONDS), command);
    assertEquals(0, process.exitValue(), command + "\n" + said);
    assertFalse(said.isBlank(), command);
  }

  @Test
  void the_statements_work() throws SQLException {
    try (Connection owner = database.owner();
        Statement statement = owner.createStatement()) {
      owner.setAutoCommit(false);
      for (String sql : guide.marked("sql")) {
        statement.execute(sql);
      }
      owner.rollback();
    }
  }

  @Test
  void the_page_names_the_metrics_that_there_are() throws Throwable {
    Set<String> there =
        Scrape.lines().stream()
            .filter(line -> line.matches("(voiceledger|sql_pool)_.*"))
            .map(line -> line.replaceFirst("[{ ].*", "").replaceFirst("_(count|sum|max)$", ""))
            .collect(Collectors.toCollection(TreeSet::new));
    Set<String> ours = new TreeSet<>(there);
    ours.removeIf(name -> !name.startsWith("voiceledger_"));

    Set<String> unknown = new TreeSet<>(guide.metrics());
    unknown.removeAll(there);
    unknown.removeAll(RARE);
    unknown.removeIf(name -> !isMade(name));
    assertEquals(Set.of(), unknown, "there is no such metric");
    ours.removeAll(guide.metrics());
    assertEquals(Set.of(), ours, "the page does not tell of these");
    for (String alarm : guide.marked("promql")) {
      assertTrue(alarm.equals("up == 0") || !Guide.metrics(alarm).isEmpty(), alarm);
    }
  }

  /** What a reader puts between the braces of a query. */
  @Test
  void the_page_names_the_values_of_labels() {
    Set<String> unnamed = new TreeSet<>();
    for (String line : Scrape.lines()) {
      Matcher value = LABEL.matcher(line);
      if (value.find() && !guide.row(value.group(1)).contains("`" + value.group(2) + "`")) {
        unnamed.add(value.group());
      }
    }
    assertEquals(Set.of(), unnamed, "the page does not tell of these");
  }

  /** Whether a part of the service that is there makes metrics of this kind. */
  private static boolean isMade(String metric) {
    String part = metric.replaceFirst("^voiceledger_([a-z]+)_.*$", "\"voiceledger.$1.");
    try (Stream<Path> files = Files.walk(Path.of("src/main/java"))) {
      return files
          .filter(Files::isRegularFile)
          .anyMatch(file -> metric.startsWith("sql_") || text(file).contains(part));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
