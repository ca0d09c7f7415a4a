package dev.voiceledger.livekit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.voiceledger.TestDatabase;
import dev.voiceledger.TestDatabases;
import dev.voiceledger.start.RunningService;
import java.net.URI;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * Nothing is played here but the people: a real LiveKit server, real participants who talk over it,
 * the packaged service on a real PostgreSQL; and somebody who watches and writes down what must be
 * in the rows.
 */
class LiveKitServerIT {
  private static final Duration ARRIVAL_MAX = Duration.ofSeconds(30);
  private static final int POLL_MS = 100;

  @Test
  void the_rows_say_what_a_person_saw() throws Exception {
    LiveKitInstallation installed = LiveKitInstallation.orSkip();
    TestDatabase database = TestDatabases.on18().fresh();
    LedgerRows rows = new LedgerRows(database);

    Notebook notebook;
    Map<String, Long> counts;
    try (RunningService service = RunningService.start(database)) {
      URI base = URI.create("http://127.0.0.1:" + service.port);
      URI webhooks = base.resolve("/webhooks/livekit");
      try (LiveKitServer livekit = LiveKitServer.start(installed, webhooks)) {
        notebook = livekit.watchedScenario();
        awaitEvents(rows, notebook);
      }
      counts = WebhookCounts.since(Map.of(), base);
    }

    rows.assertTell(notebook);
    assertEquals(Map.of("applied", notebook.eventCount()), counts);
    assertEquals(notebook.calls().size(), count(database, "voice_calls"));
    assertEquals(notebook.eventCount(), count(database, "webhook_events"));
  }

  /** LiveKit posts behind what people see. What is still missing after that is told by the rows. */
  private static void awaitEvents(LedgerRows rows, Notebook notebook) throws InterruptedException {
    long deadline = System.nanoTime() + ARRIVAL_MAX.toNanos();
    while (!rows.events(notebook).equals(notebook.events()) && System.nanoTime() < deadline) {
      Thread.sleep(POLL_MS);
    }
  }

  private static long count(TestDatabase database, String table) throws SQLException {
    try (var connection = database.superuser();
        var statement = connection.createStatement();
        var row = statement.executeQuery("select count(*) from " + table)) {
      row.next();
      return row.getLong(1);
    }
  }
}
