package dev.voiceledger.livekit;

import static dev.voiceledger.livekit.ServiceBesideLiveKit.until;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * A program of a recipe that runs on: what it prints can be waited for, and lines typed into it.
 */
final class Talk implements AutoCloseable {
  /** A program's start reads a hundred libraries, on a machine that may be busy. */
  private static final Duration WAIT_MAX = Duration.ofSeconds(60);

  private final Process process;
  private final Path printed;
  private final Writer typing;

  private Talk(Process process, Path printed) {
    this.process = process;
    this.printed = printed;
    this.typing = process.outputWriter();
  }

  static Talk start(
      List<String> command, Path folder, Map<String, String> environment, Path printed)
      throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
    builder.environment().putAll(environment);
    builder.redirectErrorStream(true).redirectOutput(printed.toFile());
    return new Talk(builder.start(), printed);
  }

  /** Types a line and waits until this is printed after it. */
  void say(String line, String answer) throws IOException, InterruptedException {
    int before = printed().length();
    typing.write(line + "\n");
    typing.flush();
    awaitAfter(before, answer);
  }

  /** Waits until this is printed, and gives all that was. */
  String await(String words) throws InterruptedException {
    return awaitAfter(0, words);
  }

  private String awaitAfter(int before, String words) throws InterruptedException {
    String all =
        until(
            WAIT_MAX,
            "said " + words,
            this::printed,
            said -> said.indexOf(words, before) >= 0 || !process.isAlive());
    assertTrue(all.indexOf(words, before) >= 0, all);
    return all;
  }

  private String printed() {
    try {
      return Files.readString(printed);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Ctrl-D, and the program's own way to its end. */
  void hangUp() throws IOException, InterruptedException {
    typing.close();
    until(WAIT_MAX, "ended", process::isAlive, alive -> !alive);
    assertTrue(process.exitValue() == 0, printed());
  }

  /** Whatever it started goes too: agents have processes of their own. */
  @Override
  public void close() throws InterruptedException {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly().waitFor();
  }
}
