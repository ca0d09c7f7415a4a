package dev.voiceledger.livekit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/**
 * What {@code src/test/livekit/install.sh} makes ready; and that of {@code src/test/agents}.
 *
 * @param scenario the folder of scenario.mjs with its modules
 * @param server the program of LiveKit's server
 */
record LiveKitInstallation(Path scenario, Path server) {
  static final Path FOLDER = Path.of("target", "livekit").toAbsolutePath();
  private static final List<String> BROWSERS =
      List.of("chromium", "chromium-browser", "google-chrome");
  private static final int NOT_POSSIBLE_HERE = 3;

  /**
   * Installs what is not there yet. Where a machine cannot have it the test is skipped, loudly; it
   * fails there when CI says that this is the machine that must have it.
   */
  static LiveKitInstallation orSkip() throws IOException, InterruptedException {
    System.err.println("Making a LiveKit server and its clients ready …");
    List<String> paths = installed("src/test/livekit/install.sh", FOLDER.toString());
    return new LiveKitInstallation(Path.of(paths.getFirst()), Path.of(paths.getLast()));
  }

  /** A Python that has LiveKit's agents. */
  static Path pythonOfAgentsOrSkip() throws IOException, InterruptedException {
    return Path.of(installed("src/test/agents/install.sh", "python").getLast());
  }

  /** The modules of Node with LiveKit's agents. */
  static Path modulesOfAgentsOrSkip() throws IOException, InterruptedException {
    return Path.of(installed("src/test/agents/install.sh", "node").getLast());
  }

  /** The lines that the script prints once all is there. */
  private static List<String> installed(String script, String what)
      throws IOException, InterruptedException {
    Files.createDirectories(FOLDER);
    Path said = FOLDER.resolve("install.out");
    Process install =
        new ProcessBuilder("bash", script, what).redirectOutput(said.toFile()).start();
    String lastLine = "";
    try (BufferedReader errors = install.errorReader()) {
      for (String line; (line = errors.readLine()) != null; lastLine = line) {
        System.err.println(line);
      }
    }
    int status = install.waitFor();
    if (status == NOT_POSSIBLE_HERE) {
      skip(lastLine);
    }
    assertEquals(0, status, script + ": " + lastLine);
    return Files.readAllLines(said);
  }

  /**
   * A Chromium of {@code CHROMIUM} or on the path. It is not installed here, since that changes the
   * machine; {@code .ci/run} does.
   */
  static Path browserOrSkip() {
    String given = System.getenv("CHROMIUM");
    return Stream.of(System.getenv("PATH").split(File.pathSeparator))
        .flatMap(folder -> BROWSERS.stream().map(name -> Path.of(folder, name)))
        .map(found -> given == null ? found : Path.of(given))
        .filter(Files::isExecutable)
        .findFirst()
        .orElseGet(() -> {
          skip("no Chromium on the path, and CHROMIUM names none");
          return null;
        });
  }

  private static void skip(String why) {
    if (Boolean.parseBoolean(System.getenv("CI"))) {
      fail("CI is true, and there is " + why);
    }
    String skipped = "SKIPPED: " + why;
    System.err.println(skipped);
    Assumptions.abort(skipped);
  }
}
