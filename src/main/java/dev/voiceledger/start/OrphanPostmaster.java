package dev.voiceledger.start;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;

/**
 * The database server that outlives a killed service. It must be gone before the next one starts on
 * the same files; the caller holds the data directory, so no living service needs it.
 */
final class OrphanPostmaster {
  private static final int STOP_SECONDS_MAX = 60;

  /** Linux says "deleted" of a program whose file is gone, as after an upgrade. */
  private static final Pattern POSTGRES = Pattern.compile(".*/postgres(?: \\(deleted\\))?");

  private OrphanPostmaster() {}

  /**
   * Stops the server that {@code postmaster.pid} names, if it really is one on these files, and
   * waits for it. A pid that by now belongs to some other program is only forgotten.
   *
   * @throws Refusal when it cannot be told which of the two it is: a second server on the same
   *     files would destroy them
   */
  static void stop(Path database) {
    Path pidFile = database.resolve("postmaster.pid");
    try {
      Optional<ProcessHandle> named = Files.exists(pidFile) ? process(pidFile) : Optional.empty();
      if (named.isEmpty()) {
        return; // PostgreSQL itself knows what to do with a pid file of the dead
      }
      if (isZombie(named.get()) || !serves(named.get(), pidFile)) {
        Files.delete(pidFile); // PostgreSQL would take whatever has this pid for itself
      } else {
        interrupt(named.get());
      }
    } catch (IOException e) {
      throw new Refusal("Cannot read " + pidFile + ": " + e.getMessage(), e);
    }
  }

  private static Optional<ProcessHandle> process(Path pidFile) throws IOException {
    List<String> lines = Files.readAllLines(pidFile);
    String pid = lines.isEmpty() ? "" : lines.getFirst().strip();
    return pid.matches("\\d{1,9}") ? ProcessHandle.of(Long.parseLong(pid)) : Optional.empty();
  }

  /** Ended, but not yet taken note of by its parent; Java calls it alive. Linux alone tells. */
  private static boolean isZombie(ProcessHandle process) {
    try {
      String status = Files.readString(Path.of("/proc/" + process.pid() + "/stat"));
      return status.startsWith(") Z", status.lastIndexOf(')'));
    } catch (IOException _) {
      return false;
    }
  }

  private static boolean serves(ProcessHandle process, Path pidFile) throws IOException {
    Optional<Boolean> serves = serves(process.info(), pidFile.getParent());
    if (serves.isEmpty() && process.isAlive()) {
      throw new Refusal(
          "Cannot tell whether process %s is the PostgreSQL of %s: end it if it is, else delete %s"
              .formatted(Long.toString(process.pid()), pidFile.getParent(), pidFile));
    }
    return serves.orElse(false);
  }

  /** Whether this is a server on these files; empty when that cannot be told. */
  static Optional<Boolean> serves(ProcessHandle.Info process, Path database) throws IOException {
    if (process.command().isEmpty()) {
      return Optional.empty();
    }
    if (!POSTGRES.matcher(process.command().get()).matches()) {
      return Optional.of(false);
    }
    if (process.arguments().isEmpty()) {
      return Optional.of(true); // some systems show none; the pid file is then believed
    }
    List<String> arguments = Arrays.asList(process.arguments().get());
    int option = arguments.indexOf("-D");
    if (option < 0 || option + 1 == arguments.size()) {
      return Optional.empty();
    }
    Path files = Path.of(arguments.get(option + 1));
    // Perhaps the folder was moved under a living server.
    return Files.exists(files) ? Optional.of(Files.isSameFile(files, database)) : Optional.empty();
  }

  /** SIGINT is PostgreSQL's fast shutdown; SIGTERM, all that Java can send, waits for clients. */
  private static void interrupt(ProcessHandle postmaster) throws IOException {
    new ProcessBuilder("sh", "-c", "kill -INT " + postmaster.pid()).start();
    try {
      postmaster.onExit().get(STOP_SECONDS_MAX, TimeUnit.SECONDS);
    } catch (TimeoutException _) {
      throw new Refusal(
          "The PostgreSQL of an earlier run does not stop; end process " + postmaster.pid());
    } catch (InterruptedException | ExecutionException e) {
      throw new Refusal("Interrupted while an earlier PostgreSQL was stopping", e);
    }
  }
}
