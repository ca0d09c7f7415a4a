package dev.voiceledger.livekit;

import static java.net.HttpURLConnection.HTTP_OK;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.voiceledger.FreshDatabase;
import dev.voiceledger.start.RunningService;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A real LiveKit server on loopback that posts its webhooks to a service of ours. */
final class LiveKitServer implements AutoCloseable {
  private static final Duration START_MAX = Duration.ofSeconds(20);
  private static final int SCENARIO_SECONDS_MAX = 90;
  private static final int POLL_MS = 50;
  private static final String CONFIG = "livekit.yaml";

  private final LiveKitInstallation installed;
  private final Process process;
  private final String host;

  private LiveKitServer(LiveKitInstallation installed, Process process, String host) {
    this.installed = installed;
    this.process = process;
    this.host = host;
  }

  /**
   * Starts it and waits until it answers.
   *
   * @param webhooks where it is to post
   */
  static LiveKitServer start(LiveKitInstallation installed, URI webhooks) throws Exception {
    List<String> ports =
        Stream.generate(RunningService::freePort).distinct().limit(3).map(String::valueOf).toList();
    String config =
        Files.readString(installed.scenario().resolve("livekit.yaml"))
            .replace("@PORT@", ports.get(0))
            .replace("@TCP_PORT@", ports.get(1))
            .replace("@UDP_PORT@", ports.get(2))
            .replace("@API_KEY@", FreshDatabase.LIVEKIT_API_KEY)
            .replace("@API_SECRET@", FreshDatabase.LIVEKIT_API_SECRET)
            .replace("@WEBHOOK_URL@", webhooks.toString());
    Files.writeString(LiveKitInstallation.FOLDER.resolve(CONFIG), config);
    return start(installed, "127.0.0.1:" + ports.getFirst());
  }

  /** Killed, as when memory is short, and started again at the same ports. */
  LiveKitServer killedAndStartedAgain() throws Exception {
    process.destroyForcibly().waitFor();
    return start(installed, host);
  }

  private static LiveKitServer start(LiveKitInstallation installed, String host) throws Exception {
    Path file = LiveKitInstallation.FOLDER.resolve(CONFIG);
    Path log = LiveKitInstallation.FOLDER.resolve("livekit.log");
    Process process =
        new ProcessBuilder(installed.server().toString(), "--config", file.toString())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    LiveKitServer server = new LiveKitServer(installed, process, host);
    server.awaitAnswer(log);
    return server;
  }

  private void awaitAnswer(Path log) throws IOException, InterruptedException {
    URL address = URI.create("http://" + host).toURL();
    long deadline = System.nanoTime() + START_MAX.toNanos();
    while (!answers(address)) {
      if (!process.isAlive() || System.nanoTime() > deadline) {
        close();
        fail("LiveKit's server did not start: " + Files.readString(log));
      }
      Thread.sleep(POLL_MS);
    }
  }

  private static boolean answers(URL address) {
    try {
      return ((HttpURLConnection) address.openConnection()).getResponseCode() == HTTP_OK;
    } catch (IOException notYet) {
      return false;
    }
  }

  /** Where its API is. */
  URI api() {
    return URI.create("http://" + host);
  }

  /** Where clients connect. */
  String url() {
    return "ws://" + host;
  }

  /** Real participants come, talk, are cut off and go, in about 25 s. */
  Notebook watchedScenario() throws IOException, InterruptedException {
    return Notebook.of(Files.readAllLines(run("scenario.mjs", "watched.jsonl")));
  }

  /** What LiveKit's own clients make of a token, and who they are once they joined with it. */
  JsonNode join(String token) throws IOException, InterruptedException {
    Path found = LiveKitInstallation.FOLDER.resolve("joined.json");
    run("join.mjs", "join.out", "--token=" + token, "--out=" + found);
    return new ObjectMapper().readTree(Files.readString(found));
  }

  /** What people see of a page in a real browser, see browser.mjs and transcripts.mjs. */
  JsonNode browse(String script, Path browser, String... options)
      throws IOException, InterruptedException {
    Path found = LiveKitInstallation.FOLDER.resolve(script + ".json");
    List<String> all = new ArrayList<>(List.of(options));
    all.add("--browser=" + browser);
    all.add("--out=" + found);
    run(script + ".mjs", script + ".out", all.toArray(String[]::new));
    return new ObjectMapper().readTree(Files.readString(found));
  }

  /** LiveKit's own clients, to be told what to do. */
  People people() throws IOException {
    return new People(node("people.mjs").start());
  }

  private Path run(String script, String output, String... options)
      throws IOException, InterruptedException {
    Path said = LiveKitInstallation.FOLDER.resolve(output);
    Process process = node(script, options).redirectOutput(said.toFile()).start();
    process.getOutputStream().close();
    if (!process.waitFor(SCENARIO_SECONDS_MAX, TimeUnit.SECONDS)) {
      process.destroyForcibly().waitFor();
    }
    assertEquals(0, process.exitValue(), Files.readString(log(script)));
    return said;
  }

  private ProcessBuilder node(String script, String... options) {
    List<String> command = new ArrayList<>(List.of("node", script, "--url=" + url()));
    command.add("--key=" + FreshDatabase.LIVEKIT_API_KEY);
    command.add("--secret=" + FreshDatabase.LIVEKIT_API_SECRET);
    command.addAll(List.of(options));
    return new ProcessBuilder(command)
        .directory(installed.scenario().toFile())
        .redirectError(log(script).toFile());
  }

  private static Path log(String script) {
    return LiveKitInstallation.FOLDER.resolve(script + ".log");
  }

  /** With SIGKILL: asked nicely it would wait for whoever is still in. */
  @Override
  public void close() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }
}
