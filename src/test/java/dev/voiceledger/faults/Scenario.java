package dev.voiceledger.faults;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Random;

/**
 * What all scenarios of the suite of faults have in common: a short form that takes seconds and
 * runs with every build, a full form with the numbers of the test catalogue ({@code ./voiceledger
 * test --faults}); one seed for a run, told so that the run can be had again; lines of counts.
 */
public final class Scenario {
  private static final String SEED = "faults.seed";
  private static final Path SAID = Path.of("target", "faults.txt");

  private Scenario() {}

  /** Whether the full form runs: {@code -Dfaults=full}. */
  public static boolean full() {
    return "full".equals(System.getProperty("faults"));
  }

  /** The number for the form that runs. */
  public static int pick(int shortForm, int fullForm) {
    return full() ? fullForm : shortForm;
  }

  /** The same, for what is no number. */
  public static <T> T pick(T shortForm, T fullForm) {
    return full() ? fullForm : shortForm;
  }

  /**
   * The run's seed: what {@code -Dfaults.seed=N} says, else one that was thrown at first use. It is
   * kept in the system properties, since a test's classes may be loaded more than once in a JVM.
   */
  public static long seed() {
    synchronized (System.getProperties()) {
      String said = System.getProperty(SEED, "").strip();
      if (said.isEmpty()) {
        said = Integer.toString(new Random().nextInt(1_000_000));
        System.setProperty(SEED, said);
      }
      return Long.parseLong(said);
    }
  }

  /** A scenario's own chance, which follows from the run's seed and its name; says the seed. */
  public static Random random(String name) {
    says(name, "seed " + seed() + (full() ? ", full form" : ", short form"));
    return new Random(31 * seed() + name.hashCode());
  }

  /** One line of counts against the oracle, for people and for target/faults.txt. */
  public static void says(String name, String text) {
    String line = name + ": " + text + "\n";
    System.err.print(line);
    try {
      Files.createDirectories(SAID.getParent());
      Files.writeString(
          SAID, line, StandardCharsets.UTF_8, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
