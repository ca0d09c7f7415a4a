package dev.voiceledger.faults;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;

/**
 * A file system of a scenario's own that can be full: a tmpfs in a mount namespace that a process
 * holds open, so that nobody needs rights. Where the system forbids that, the test is skipped,
 * loudly.
 */
final class SmallDisk implements AutoCloseable {
  private static final String MOUNT =
      "mount -t tmpfs -o size=%dm tmpfs '%s' && echo mounted && exec sleep infinity";

  private static final int PIECE = 64 * 1024;

  private final Path path;
  private final Process holder;

  SmallDisk(int megabytes) throws IOException {
    path = Files.createTempDirectory(Path.of("target").toAbsolutePath(), "small-disk");
    holder = hold(MOUNT.formatted(megabytes, path));
  }

  private static Process hold(String mount) throws IOException {
    String answer;
    Process process = null;
    try {
      process =
          new ProcessBuilder("unshare", "-U", "-r", "-m", "sh", "-c", mount)
              .redirectErrorStream(true)
              .start();
      BufferedReader said = process.inputReader();
      answer = said.readLine();
    } catch (IOException noSuchProgram) {
      answer = noSuchProgram.getMessage();
    }
    if (!"mounted".equals(answer)) {
      String skipped = "SKIPPED: no file system of one's own can be had here: " + answer;
      System.err.println(skipped);
      Assumptions.abort(skipped);
    }
    return process;
  }

  /** Where it is, for those inside. */
  Path path() {
    return path;
  }

  /** What a command begins with, to be inside. */
  List<String> inside() {
    return List.of(
        "nsenter", "--target", Long.toString(holder.pid()), "--user", "--mount", "--wd=/", "--");
  }

  private Path ballast() {
    return Path.of("/proc", Long.toString(holder.pid()), "root" + path, "ballast");
  }

  /**
   * Takes all the room that is left.
   *
   * @return bytes
   */
  long fill() throws IOException {
    byte[] piece = new byte[PIECE];
    long taken = 0;
    try (OutputStream out = Files.newOutputStream(ballast())) {
      for (int length = PIECE; length > 0; ) {
        try {
          out.write(piece, 0, length);
          taken += length;
        } catch (IOException full) {
          length /= 2;
        }
      }
    }
    return taken;
  }

  void free() throws IOException {
    Files.delete(ballast());
  }

  @Override
  public void close() throws IOException, InterruptedException {
    holder.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
    Files.delete(path);
  }
}
