package dev.voiceledger.start;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A second server on the same files destroys them, so a doubt must never count as a no. */
class OrphanPostmasterTest {
  private static final String POSTGRES = "/data/bin/bin/postgres";
  private static final Optional<Boolean> UNKNOWN = Optional.empty();

  @TempDir Path temporary;
  private Path files;

  @BeforeEach
  void files() throws IOException {
    files = Files.createDirectory(temporary.resolve("pg"));
  }

  /** What a system tells of a process. */
  private record Told(Optional<String> command, Optional<String[]> arguments)
      implements ProcessHandle.Info {
    @Override
    public Optional<String> commandLine() {
      return Optional.empty();
    }

    @Override
    public Optional<Instant> startInstant() {
      return Optional.empty();
    }

    @Override
    public Optional<Duration> totalCpuDuration() {
      return Optional.empty();
    }

    @Override
    public Optional<String> user() {
      return Optional.empty();
    }
  }

  private Optional<Boolean> serves(String command, String... arguments) throws IOException {
    return OrphanPostmaster.serves(
        new Told(Optional.ofNullable(command), Optional.ofNullable(arguments)), files);
  }

  @Test
  void a_server_on_these_files_serves_them_by_whichever_name() throws IOException {
    Path link = Files.createSymbolicLink(temporary.resolve("link"), files);

    assertEquals(Optional.of(true), serves(POSTGRES, "-D", files.toString(), "-p", "5432"));
    assertEquals(Optional.of(true), serves(POSTGRES, "-D", link.toString()));
    assertEquals(Optional.of(true), serves(POSTGRES + " (deleted)", "-D", files.toString()));
    assertEquals(Optional.of(true), serves(POSTGRES, (String[]) null));
  }

  @Test
  void another_program_and_a_server_on_other_files_do_not() throws IOException {
    assertEquals(Optional.of(false), serves("/usr/bin/sleep", "-D", files.toString()));
    assertEquals(Optional.of(false), serves(POSTGRES, "-D", temporary.toString()));
  }

  @Test
  void what_is_not_told_is_not_known() throws IOException {
    assertEquals(UNKNOWN, serves(null, (String[]) null));
    assertEquals(UNKNOWN, serves(null, "-D", files.toString()));
    assertEquals(UNKNOWN, serves(POSTGRES, "-p", "5432"));
    assertEquals(UNKNOWN, serves(POSTGRES, "-D", temporary.resolve("moved").toString()));
  }

  @Test
  void a_doubt_is_a_refusal_and_the_pid_file_stays() throws Exception {
    Path postgres = temporary.resolve("postgres");
    Files.copy(Path.of("/bin/sleep"), postgres);
    Process doubtful = new ProcessBuilder(postgres.toString(), "300").start();
    Path pidFile = Files.writeString(files.resolve("postmaster.pid"), doubtful.pid() + "\n");
    try {
      Assumptions.assumeTrue(doubtful.isAlive());
      Refusal refusal = assertThrows(Refusal.class, () -> OrphanPostmaster.stop(files));

      assertEquals(1, refusal.getMessage().lines().count());
      assertTrue(refusal.getMessage().contains(Long.toString(doubtful.pid())));
      assertTrue(Files.exists(pidFile));
      assertTrue(doubtful.isAlive());
    } finally {
      doubtful.destroyForcibly();
    }
  }

  /** Its parent never takes note of its end, as the first process of many containers. */
  @Test
  void a_dead_server_whose_pid_remains_is_forgotten() throws Exception {
    Assumptions.assumeTrue(Files.exists(Path.of("/proc/self/stat")), "Linux alone shows it");
    Process parent = new ProcessBuilder("sh", "-c", "sleep 0.3 & echo $!; exec sleep 300").start();
    try {
      String pid = parent.inputReader().readLine();
      Path stat = Path.of("/proc/" + pid + "/stat");
      while (!Files.readString(stat).contains(") Z")) {
        TimeUnit.MILLISECONDS.sleep(1);
      }
      Path pidFile = Files.writeString(files.resolve("postmaster.pid"), pid + "\n");
      OrphanPostmaster.stop(files);

      assertFalse(Files.exists(pidFile));
    } finally {
      parent.destroyForcibly();
    }
  }
}
