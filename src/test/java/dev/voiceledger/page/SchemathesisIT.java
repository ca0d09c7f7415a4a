package dev.voiceledger.page;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import dev.voiceledger.FreshDatabase;
import dev.voiceledger.TestDatabase;
import dev.voiceledger.TestDatabases;
import dev.voiceledger.livekit.LiveKitDouble;
import dev.voiceledger.start.RunningService;
import dev.voiceledger.webhook.Webhooks;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/**
 * A fuzzer reads the OpenAPI document and asks the packaged service everything that it allows and
 * much that it does not, as each kind of caller: no answer may be a fault of ours or one that the
 * document does not tell of. {@code -Dfuzz.examples=60} asks five times as much, and so on.
 */
class SchemathesisIT {
  private static final int NOT_POSSIBLE_HERE = 3;
  private static final int EXAMPLES = Integer.getInteger("fuzz.examples", 12);
  private static final int SECONDS_MAX = 20 * EXAMPLES;
  private static final String SERVICE = "a-service-token-of-fuzzing-0123456789abcdef";
  private static final String CHECKS =
      "not_a_server_error,status_code_conformance,content_type_conformance,"
          + "response_schema_conformance,response_headers_conformance,negative_data_rejection,"
          + "unsupported_method";
  private static final Path CONFIG = Path.of("src/test/openapi/schemathesis.toml").toAbsolutePath();
  private static final Path FOLDER = Path.of("target", "schemathesis").toAbsolutePath();

  @Test
  void the_service_answers_as_documented_whoever_asks_whatever() throws Exception {
    String program = installed();
    TestDatabase database = TestDatabases.on18().fresh();
    try (LiveKitDouble livekit = LiveKitDouble.started();
        RunningService service = RunningService.start(environment(database, livekit))) {
      ask(program, service.port, "user", "Bearer " + token("authenticated"));
      ask(program, service.port, "admin", "Bearer " + token("admin"));
      ask(program, service.port, "service", "Bearer " + SERVICE);
      ask(program, service.port, "nobody", "");
    }
  }

  private static Map<String, String> environment(TestDatabase database, LiveKitDouble livekit) {
    return Map.of(
        "DATABASE_URL",
        database.url(TestDatabase.SERVICE),
        "DATABASE_OWNER_URL",
        database.url(TestDatabase.OWNER),
        "LIVEKIT_API_KEY",
        FreshDatabase.LIVEKIT_API_KEY,
        "LIVEKIT_API_SECRET",
        FreshDatabase.LIVEKIT_API_SECRET,
        "LIVEKIT_API_URL",
        livekit.url().toString(),
        "JWT_SECRET",
        FreshDatabase.JWT_SECRET,
        "SERVICE_TOKENS",
        SERVICE);
  }

  private static String token(String role) {
    String claims =
        "{\"role\":\"%s\",\"sub\":\"5ad36c9a-0f0c-4c3a-9a0b-0f0f4f5d7a11\",\"exp\":%d}"
            .formatted(role, Instant.now().getEpochSecond() + 3_600);
    return Webhooks.jwt("{\"alg\":\"HS256\"}", claims, FreshDatabase.JWT_SECRET);
  }

  private static void ask(String program, int port, String who, String authorization)
      throws IOException, InterruptedException {
    String base = "http://127.0.0.1:" + port;
    List<String> command = new ArrayList<>(List.of(program));
    command.addAll(List.of("--config-file", CONFIG.toString()));
    command.addAll(List.of("run", base + "/q/openapi?format=json", "--url", base));
    command.addAll(List.of("--checks", CHECKS, "--seed", "20261123"));
    command.addAll(List.of("--max-examples", "" + EXAMPLES));
    command.addAll(List.of("--suppress-health-check", "all", "--request-timeout", "10"));
    command.addAll(List.of("--exclude-path", "/webhooks/livekit", "--no-color"));
    // A stream has no end to wait for.
    command.addAll(List.of("--exclude-path-regex", "/live$"));
    if (!authorization.isEmpty()) {
      command.addAll(List.of("--header", "Authorization: " + authorization));
    }
    Path told = FOLDER.resolve(who + ".log");
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(told.toFile()).start();
    if (!process.waitFor(SECONDS_MAX, TimeUnit.SECONDS)) {
      process.destroyForcibly().waitFor();
    }
    assertEquals(0, process.exitValue(), () -> end(told));
  }

  private static String end(Path told) {
    try {
      List<String> lines = Files.readAllLines(told);
      return String.join("\n", lines.subList(Math.max(0, lines.size() - 60), lines.size()));
    } catch (IOException e) {
      return "see " + told;
    }
  }

  /** Where a machine cannot have it the test is skipped, loudly; in CI it fails. */
  private static String installed() throws IOException, InterruptedException {
    Files.createDirectories(FOLDER);
    Path said = FOLDER.resolve("install.out");
    Process install =
        new ProcessBuilder("bash", "src/test/openapi/install.sh")
            .redirectOutput(said.toFile())
            .start();
    String lastLine = "";
    try (BufferedReader errors = install.errorReader()) {
      for (String line; (line = errors.readLine()) != null; lastLine = line) {
        System.err.println(line);
      }
    }
    int status = install.waitFor();
    if (status == NOT_POSSIBLE_HERE && Boolean.parseBoolean(System.getenv("CI"))) {
      fail("CI is true, and there is " + lastLine);
    }
    Assumptions.assumeFalse(status == NOT_POSSIBLE_HERE, "SKIPPED: " + lastLine);
    assertEquals(0, status, "install.sh: " + lastLine);
    return Files.readString(said).strip();
  }
}
