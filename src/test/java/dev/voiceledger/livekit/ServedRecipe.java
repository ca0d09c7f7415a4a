package dev.voiceledger.livekit;

import static dev.voiceledger.livekit.ServiceBesideLiveKit.until;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The page of a recipe for browsers, served by the command that stands there. */
final class ServedRecipe implements AutoCloseable {
  private final Process process;
  private final int port;

  /**
   * Serves it, once its files are written.
   *
   * @param folder where they are, somewhere under the modules that the recipe installs
   * @param port as the recipe's command now has it
   */
  ServedRecipe(Recipe recipe, LiveKitInstallation installed, Path folder, int port)
      throws IOException, InterruptedException {
    this.port = port;
    assertTrue(modules(installed).containsAll(recipe.command("install").subList(2, 4)));
    Path log = LiveKitInstallation.FOLDER.resolve(folder.getFileName() + ".log");
    process =
        new ProcessBuilder(command(recipe, installed))
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    until("served", this::answers, is -> is || !process.isAlive());
    assertTrue(process.isAlive(), Files.readString(log));
  }

  private static List<String> modules(LiveKitInstallation installed) throws IOException {
    JsonNode all =
        new ObjectMapper().readTree(installed.scenario().resolve("package.json").toFile());
    List<String> names = new ArrayList<>();
    all.path("dependencies").fieldNames().forEachRemaining(names::add);
    return names;
  }

  /** The reader's command, without npx, which would leave the server behind when it is stopped. */
  private static List<String> command(Recipe recipe, LiveKitInstallation installed) {
    List<String> command = new ArrayList<>(recipe.command("npx"));
    Path bin = installed.scenario().resolve("node_modules/.bin");
    command.set(0, bin.resolve(command.remove(1)).toString());
    return command;
  }

  private boolean answers() {
    try (Socket connected = new Socket("127.0.0.1", port)) {
      return connected.isConnected();
    } catch (IOException notYet) {
      return false;
    }
  }

  @Override
  public void close() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }
}
