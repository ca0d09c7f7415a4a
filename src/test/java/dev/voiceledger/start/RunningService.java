package dev.voiceledger.start;

import static org.junit.jupiter.api.Assertions.fail;

import dev.voiceledger.FreshDatabase;
import dev.voiceledger.TestDatabase;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The packaged service as a process of its own, as {@code ./voiceledger run} starts it. */
public final class RunningService implements AutoCloseable {
  private static final Path JAR = Path.of("target/quarkus-app/quarkus-run.jar").toAbsolutePath();
  private static final Path LAUNCHER = Path.of("voiceledger").toAbsolutePath();
  private static final Duration START_MAX = Duration.ofSeconds(180);
  private static final int POLL_MILLIS = 20;

  public final Process process;
  public final int port;
  public final Duration startTime;
  private final Path output;

  private RunningService(Process process, int port, Duration startTime, Path output) {
    this.process = process;
    this.port = port;
    this.startTime = startTime;
    this.output = output;
  }

  /** Starts it on a database that is there. */
  public static RunningService start(TestDatabase database)
      throws IOException, InterruptedException {
    return start(database, Map.of());
  }

  /** The same, with settings beside those that every test needs. */
  public static RunningService start(TestDatabase database, Map<String, String> settings)
      throws IOException, InterruptedException {
    Map<String, String> environment = new HashMap<>(settings);
    environment.putIfAbsent("RECONCILE_INTERVAL", "off");
    environment.put("DATABASE_URL", database.url(TestDatabase.SERVICE));
    environment.put("DATABASE_OWNER_URL", database.url(TestDatabase.OWNER));
    environment.put("LIVEKIT_API_KEY", FreshDatabase.LIVEKIT_API_KEY);
    environment.put("LIVEKIT_API_SECRET", FreshDatabase.LIVEKIT_API_SECRET);
    environment.put("JWT_SECRET", FreshDatabase.JWT_SECRET);
    return start(environment);
  }

  /** Starts it and waits until it says that it listens. */
  static RunningService start(List<String> prefix, Map<String, String> environment)
      throws IOException, InterruptedException {
    String given = environment.get("PORT");
    int port = given == null ? freePort() : Integer.parseInt(given);
    Path output = Files.createTempFile("voiceledger", ".log");
    output.toFile().deleteOnExit();
    long begin = System.nanoTime();
    Process process = process(prefix, output, with(environment, "PORT", port + ""), "run");
    while (!Files.readString(output).contains("LiveKit's configuration needs")) {
      long waited = System.nanoTime() - begin;
      if (!process.isAlive() || waited > START_MAX.toNanos()) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        fail("the service did not start: " + Files.readString(output));
      }
      TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
    }
    Duration startTime = Duration.ofNanos(System.nanoTime() - begin);
    return new RunningService(process, port, startTime, output);
  }

  public static RunningService start(Map<String, String> environment)
      throws IOException, InterruptedException {
    return start(List.of(), environment);
  }

  /** Runs it to its end. */
  public static Ended run(Map<String, String> environment, String... words)
      throws IOException, InterruptedException {
    Path output = Files.createTempFile("voiceledger", ".log");
    output.toFile().deleteOnExit();
    Process process = process(List.of(), output, environment, words);
    if (!process.waitFor(START_MAX.toSeconds(), TimeUnit.SECONDS)) {
      process.destroy();
      fail("the service runs on: " + Files.readString(output));
    }
    return new Ended(process.exitValue(), Files.readString(output));
  }

  /** What a finished process left: its status and all it printed. */
  public record Ended(int status, String output) {}

  private static Process process(
      List<String> prefix, Path output, Map<String, String> environment, String... words)
      throws IOException {
    String home = System.getProperty("java.home");
    List<String> command = new ArrayList<>(prefix);
    command.addAll(
        List.of(words).equals(List.of("run"))
            ? List.of(LAUNCHER.toString())
            : List.of(Path.of(home, "bin", "java").toString(), "-jar", JAR.toString()));
    command.addAll(List.of(words));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().keySet().removeIf(RunningService::isOurs);
    builder.environment().put("JAVA_HOME", home);
    builder.environment().put("QUARKUS_SHUTDOWN_DELAY", "0s"); // no load balancer is to notice
    builder.environment().putAll(environment);
    builder.directory(Path.of(System.getProperty("java.io.tmpdir")).toFile());
    return builder.redirectErrorStream(true).redirectOutput(output.toFile()).start();
  }

  private static boolean isOurs(String name) {
    return name.matches(
        "(LIVEKIT|DATABASE|JAVA|JWT|VOICELEDGER|QUARKUS|SERVICE|TOKEN|CORS|RECONCILE)_.*"
            + "|PORT|HOST");
  }

  private static Map<String, String> with(Map<String, String> map, String key, String value) {
    Map<String, String> all = new HashMap<>(map);
    all.putIfAbsent(key, value);
    return all;
  }

  public static int freePort() {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** All that it said until now. */
  public String output() throws IOException {
    return Files.readString(output);
  }

  public int status(String path) throws IOException, InterruptedException {
    return status(HttpRequest.newBuilder(uri(path)).build());
  }

  int status(String path, String token) throws IOException, InterruptedException {
    return status(
        HttpRequest.newBuilder(uri(path)).header("Authorization", "Bearer " + token).build());
  }

  private URI uri(String path) {
    return URI.create("http://localhost:" + port + path);
  }

  private static int status(HttpRequest request) throws IOException, InterruptedException {
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
    }
  }

  /** What it holds of the machine's memory, as the kernel counts it. */
  public long residentBytes() throws IOException {
    try (Stream<String> lines = Files.lines(Path.of("/proc/" + process.pid() + "/status"))) {
      String line = lines.filter(each -> each.startsWith("VmRSS:")).findFirst().orElseThrow();
      return Long.parseLong(line.replaceAll("\\D", "")) * 1024;
    }
  }

  /** As a person or an orchestrator stops it. */
  public void stop() throws InterruptedException {
    process.destroy();
    if (!process.waitFor(30, TimeUnit.SECONDS)) {
      fail("the service does not stop");
    }
  }

  /** As the kernel does when memory is short. */
  public void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  @Override
  public void close() {
    process.destroy();
    try {
      process.waitFor(30, TimeUnit.SECONDS);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}
