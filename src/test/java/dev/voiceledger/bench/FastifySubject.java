package dev.voiceledger.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.voiceledger.FreshDatabase;
import dev.voiceledger.TestDatabase;
import dev.voiceledger.start.RunningService;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The peer in bench/peer: Fastify, LiveKit's own SDK, pg, and the triggers of the seeds. */
final class FastifySubject implements Subject {
  private static final Path FOLDER = Path.of("bench", "peer");
  private static final long START_SECONDS_MAX = 30;
  private static final long INSTALL_SECONDS_MAX = 300;

  private static final String CALLS =
      """
      select count(*) from voice_calls c
      where session_id like '%s' and ended_at is not null
        and 2 = (select count(*) from call_participants p where p.call_id = c.id)
        and %d = (select count(*) from voice_messages m where m.call_id = c.id)\
      """;

  private static final String EVENTS =
      "select count(*) from webhook_events where session_id like '%s'";

  private static final String WRONG_TOTALS =
      "select count(*) from voice_calls where session_id like '%s' and total_tokens_used <> %d";

  private final TestDatabase database;
  private final Process process;
  private final int port = RunningService.freePort();
  private final double startSeconds;

  FastifySubject(TestDatabase database) throws IOException, InterruptedException {
    this.database = database;
    install();
    Path output = Files.createTempFile("fastify", ".log");
    output.toFile().deleteOnExit();
    long begin = System.nanoTime();
    ProcessBuilder builder =
        new ProcessBuilder("node", "server.js")
            .directory(FOLDER.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile());
    builder.environment().putAll(environment());
    process = builder.start();
    while (!Files.readString(output).contains("listening on")) {
      boolean late = System.nanoTime() - begin > TimeUnit.SECONDS.toNanos(START_SECONDS_MAX);
      if (!process.isAlive() || late) {
        process.destroyForcibly();
        throw new IOException("the peer did not start: " + Files.readString(output));
      }
      TimeUnit.MILLISECONDS.sleep(5);
    }
    startSeconds = (System.nanoTime() - begin) / 1e9;
  }

  private Map<String, String> environment() {
    return Map.of(
        "PORT",
        Integer.toString(port),
        "DATABASE_URL",
        database.url(TestDatabase.OWNER),
        "LIVEKIT_API_KEY",
        FreshDatabase.LIVEKIT_API_KEY,
        "LIVEKIT_API_SECRET",
        FreshDatabase.LIVEKIT_API_SECRET,
        "SERVICE_TOKEN",
        SERVICE_TOKEN,
        "NODE_ENV",
        "production");
  }

  /** Exactly what its lock file says; npm itself notes in a file of its own what it installed. */
  private static void install() throws IOException, InterruptedException {
    Path installed = FOLDER.resolve("node_modules/.package-lock.json");
    Path wanted = FOLDER.resolve("package-lock.json");
    if (Files.exists(installed)
        && Files.getLastModifiedTime(installed).compareTo(Files.getLastModifiedTime(wanted)) >= 0) {
      return;
    }
    Process npm =
        new ProcessBuilder("npm", "ci", "--no-audit", "--no-fund", "--silent")
            .directory(FOLDER.toFile())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.INHERIT)
            .start();
    if (!npm.waitFor(INSTALL_SECONDS_MAX, TimeUnit.SECONDS) || npm.exitValue() != 0) {
      npm.destroyForcibly();
      throw new IOException("npm ci in " + FOLDER + " failed");
    }
  }

  @Override
  public URI base() {
    return URI.create("http://127.0.0.1:" + port);
  }

  @Override
  public TestDatabase database() {
    return database;
  }

  @Override
  public long pid() {
    return process.pid();
  }

  @Override
  public double startSeconds() {
    return startSeconds;
  }

  @Override
  public String check(String rooms, int calls) {
    String like = rooms.replace("_", "\\_") + "%";
    assertEquals(
        calls * CallStream.WEBHOOKS_A_CALL, Meter.number(database, EVENTS.formatted(like)));
    String whole = CALLS.formatted(like, CallStream.MESSAGES_A_CALL);
    assertEquals(calls, Meter.number(database, whole));
    String wrong = WRONG_TOTALS.formatted(like, CallStream.tokensOfACall());
    long many = Meter.number(database, wrong);
    return many == 0 ? "" : "totals wrong in %d of %d calls".formatted(many, calls);
  }

  @Override
  public void close() {
    process.destroy();
    try {
      process.waitFor(10, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    process.destroyForcibly();
  }
}
