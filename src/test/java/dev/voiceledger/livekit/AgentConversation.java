package dev.voiceledger.livekit;

import static dev.voiceledger.livekit.ServiceBesideLiveKit.until;
import static org.junit.jupiter.api.Assertions.assertEquals;

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

  private final Path reports;
  private final Talk agent;
  private final Talk caller;
  final String callId;

  /**
   * Starts both, and waits until the agent has greeted the caller.
   *
   * @param folder where the recipe's files are to be, with what they need installed
   * @param token whose call it is
   * @param word what of a command is another here
   */
  AgentConversation(
      String recipe,
      Path folder,
      ServiceBesideLiveKit both,
      String token,
      UnaryOperator<String> word)
      throws Exception {
    Recipe here =
        Recipe.of(recipe)
            .with("http://localhost:8080", both.base.toString())
            .with("ws://localhost:7880", both.livekit.url())
            .with("LIVEKIT_API_KEY=devkey", "LIVEKIT_API_KEY=" + FreshDatabase.LIVEKIT_API_KEY)
            .with("API_SECRET=secret", "API_SECRET=" + FreshDatabase.LIVEKIT_API_SECRET);
    here.write(folder);
    reports = folder.resolve("reports");
    Map<String, String> environment = new HashMap<>(here.exported());
    environment.put("VOICELEDGER_REPORTS", reports.toString());
    List<String> command = here.command("dev").stream().map(word).toList();
    agent = Talk.start(command, folder, environment, folder.resolve("agent.log"));
    agent.await("registered worker");
    command = here.command("TOKEN").stream().map(word).map(w -> w.replace("TOKEN", token)).toList();
    caller = Talk.start(command, folder, environment, folder.resolve("talk.log"));
    Matcher call = CALL.matcher(caller.await("how can I help?"));
    assertEquals(true, call.find(), "no call named");
    callId = call.group(1);
  }

  void say(String line, String answer) throws IOException, InterruptedException {
    caller.say(line, answer);
  }

  /** Hangs up, and reads the report that the agent posted and kept, byte for byte. */
  String reported() throws IOException, InterruptedException {
    caller.hangUp();
    agent.await(" posted; ");
    List<Path> kept = until("kept", this::kept, files -> !files.isEmpty());
    assertEquals(1, kept.size());
    return Files.readString(kept.getFirst());
  }

  private List<Path> kept() {
    try (Stream<Path> files = Files.list(reports)) {
      return files.toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** All that the agent printed. */
  String log() throws IOException, InterruptedException {
    return agent.await("");
  }

  @Override
  public void close() throws InterruptedException {
    caller.close();
    agent.close();
  }
}
