package dev.voiceledger.livekit;

import static dev.voiceledger.livekit.ServiceBesideLiveKit.until;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.voiceledger.FreshDatabase;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A recipe's agent and its caller, each started by the command that stands there. */
final class AgentConversation implements AutoCloseable {
  private static final Pattern CALL = Pattern.compile("^call (\\S+)$", Pattern.MULTILINE);

  private final Recipe recipe;
  private final Path folder;
  private final Path reports;
  private final Talk agent;
  private final Talk caller;
  final String callId;

  /**
   * Starts both, and waits until the agent has greeted the caller.
   *
   * @param agentFile which of the recipe's files is the agent
   * @param folder where the recipe's files are to be, with what they need installed
   * @param service where they find it
   * @param token whose call it is
   * @param word what of a command is another here
   */
  AgentConversation(
      Recipe recipe,
      String agentFile,
      Path folder,
      ServiceBesideLiveKit both,
      String service,
      String token,
      UnaryOperator<String> word)
      throws Exception {
    this.folder = folder;
    this.recipe =
        recipe
            .with("http://localhost:8080", service)
            .with("ws://localhost:7880", both.livekit.url())
            .with("LIVEKIT_API_KEY=devkey", "LIVEKIT_API_KEY=" + FreshDatabase.LIVEKIT_API_KEY)
            .with("API_SECRET=secret", "API_SECRET=" + FreshDatabase.LIVEKIT_API_SECRET);
    this.recipe.write(folder);
    reports = folder.resolve("reports");
    agent = start(agentFile, word, "agent.log");
    Talk talking = null;
    try {
      agent.await("registered worker");
      talking = start("TOKEN", of -> word.apply(of.replace("TOKEN", token)), "talk.log");
      Matcher call = CALL.matcher(talking.await("how can I help?"));
      assertTrue(call.find(), "the caller names no call");
      callId = call.group(1);
    } catch (Exception | AssertionError e) {
      agent.close();
      if (talking != null) {
        talking.close();
      }
      throw e;
    }
    caller = talking;
  }

  private Talk start(String command, UnaryOperator<String> word, String log) throws IOException {
    Map<String, String> environment = new HashMap<>(recipe.exported());
    environment.put("VOICELEDGER_REPORTS", reports.toString());
    List<String> words = recipe.command(command).stream().map(word).toList();
    return Talk.start(words, folder, environment, folder.resolve(log));
  }

  void say(String line, String answer) throws IOException, InterruptedException {
    caller.say(line, answer);
  }

  /** Hangs up, and reads the report that the agent posted and kept, byte for byte. */
  String reported() throws IOException, InterruptedException {
    caller.hangUp();
    agent.await(" posted; ");
    return Files.readString(kept());
  }

  private Path kept() throws InterruptedException {
    List<Path> files = until("kept", this::files, is -> !is.isEmpty());
    assertEquals(1, files.size());
    return files.getFirst();
  }

  private List<Path> files() {
    try (Stream<Path> files = Files.list(reports)) {
      return files.toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Posts the kept report by hand, with the recipe's command, and gives what is answered. */
  String postedByHand(String serviceToken) throws Exception {
    String job = kept().getFileName().toString().replace(".json", "");
    String line = String.join(" ", recipe.command("curl")).replace("JOB", job);
    Path answer = folder.resolve("curl.out");
    ProcessBuilder builder = new ProcessBuilder("bash", "-c", line).directory(folder.toFile());
    builder.environment().put("SERVICE_TOKEN", serviceToken);
    int status = builder.redirectOutput(answer.toFile()).start().waitFor();
    assertEquals(0, status, Files.readString(answer));
    return Files.readString(answer);
  }

  /** All that the agent printed. */
  String log() throws InterruptedException {
    return agent.await("");
  }

  @Override
  public void close() throws InterruptedException {
    caller.close();
    agent.close();
  }
}
