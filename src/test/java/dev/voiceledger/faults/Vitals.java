package dev.voiceledger.faults;

import dev.voiceledger.start.RunningService;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What a running service takes, as its JVM and the kernel count it.
 *
 * @param heapBytes what a full collection left: the old generation, since the young one fills again
 *     before anybody can look
 * @param residentBytes of the whole process
 * @param descriptors open files and sockets
 */
record Vitals(long heapBytes, long residentBytes, int descriptors, int threads) {
  private static final Pattern USED = Pattern.compile("(?i)tenured.*total \\d+K, used (\\d+)K");
  private static final long TICKS_A_SECOND = 100;

  /** Looks, after a full collection. */
  static Vitals of(RunningService service) throws IOException, InterruptedException {
    long pid = service.process.pid();
    jcmd(pid, "GC.run");
    Matcher used = USED.matcher(jcmd(pid, "GC.heap_info"));
    long heap = 0;
    while (used.find()) {
      heap += Long.parseLong(used.group(1)) * 1024;
    }
    if (heap == 0) {
      throw new IllegalStateException("the heap's figures cannot be read");
    }
    return new Vitals(heap, service.residentBytes(), descriptors(pid), threads(pid));
  }

  private static String jcmd(long pid, String command) throws IOException, InterruptedException {
    String program = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
    Process process =
        new ProcessBuilder(program, Long.toString(pid), command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes());
    process.waitFor();
    return output;
  }

  private static int descriptors(long pid) throws IOException {
    try (Stream<Path> open = Files.list(Path.of("/proc/" + pid + "/fd"))) {
      return (int) open.count();
    }
  }

  private static int threads(long pid) throws IOException {
    try (Stream<Path> tasks = Files.list(Path.of("/proc/" + pid + "/task"))) {
      return (int) tasks.count();
    }
  }

  /** What the process has burnt of the processors since its start, in seconds. */
  static double cpuSeconds(RunningService service) throws IOException {
    String stat = Files.readString(Path.of("/proc/" + service.process.pid() + "/stat"));
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
    long ticks = Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
    return (double) ticks / TICKS_A_SECOND;
  }

  @Override
  public String toString() {
    return "heap %.1f MiB, resident %d MiB, %d descriptors, %d threads"
        .formatted(heapBytes / 1048576.0, residentBytes >> 20, descriptors, threads);
  }
}
