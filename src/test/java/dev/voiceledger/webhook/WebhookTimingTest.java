package dev.voiceledger.webhook;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.voiceledger.webhook.WebhookSignature.Claimed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.Random;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** How long a wrong digest takes to be refused does not say how wrong it is. */
class WebhookTimingTest {
  private static final int TRIES = 200_000;
  private static final int RUNS = 3;
  private static final int CALLS_A_TRY = 4;
  private static final double T_MAX = 4.5;

  /** The slowest tries were interrupted by something else, whichever their kind. */
  private static final double KEPT = 0.9;

  private static final Path SOURCES = Path.of("src/main/java/dev/voiceledger");
  private static final Pattern OTHER_COMPARISONS =
      Pattern.compile("Arrays\\.(equals|mismatch|compare)|contentEquals|deepEquals");

  /** Wrong in the last byte alone, and wrong from the first. */
  private static final byte[][] MASKS = {new byte[32], new byte[32]};

  static {
    MASKS[0][31] = -1;
    Arrays.fill(MASKS[1], (byte) -1);
  }

  private final byte[] noise = new byte[32];
  private final byte[] right = Webhooks.sha256(new byte[] {1});
  private int refused;

  @Test
  void a_digest_that_is_almost_right_is_refused_as_fast_as_any_other() {
    Claimed claimed = new Claimed("a key", Base64.getEncoder().encode(right));
    double t = median(claimed::matches);
    System.err.println("timing of the digest's comparison: abs(t) = " + t);
    assertTrue(t < T_MAX, () -> "t = " + t);
  }

  @Test
  void the_meter_sees_a_comparison_that_stops_at_the_first_difference() {
    byte[] encoded = Base64.getEncoder().encode(right);
    double t = median(digest -> stopsEarly(encoded, Base64.getEncoder().encode(digest)));
    System.err.println("timing of a comparison that leaks: abs(t) = " + t);
    assertTrue(t > T_MAX, () -> "t = " + t);
  }

  private static boolean stopsEarly(byte[] a, byte[] b) {
    for (int i = 0; i < a.length; i++) {
      if (a[i] != b[i]) {
        return false;
      }
    }
    return true;
  }

  /** Of three runs that take turns, so that what slows the machine for a while slows each alike. */
  private double median(Predicate<byte[]> comparison) {
    welch(comparison, TRIES / 4); // until it is compiled
    double[] runs = welch(comparison, TRIES);
    assertTrue(refused > 0);
    Arrays.sort(runs);
    return runs[RUNS / 2];
  }

  /**
   * Welch's t of two kinds of tries, without its sign. The tries of a pair are one of each kind, in
   * an order of chance, so that no drift is anybody's.
   */
  private double[] welch(Predicate<byte[]> comparison, int tries) {
    long[][][] times = new long[RUNS][2][tries];
    Random random = new Random(0);
    byte[] digest = new byte[right.length]; // the same place in memory for both kinds
    for (int i = 0; i < RUNS * tries; i++) {
      int first = random.nextInt(2);
      for (int kind : new int[] {first, 1 - first}) {
        make(digest, MASKS[kind], random);
        times[i % RUNS][kind][i / RUNS] = time(comparison, digest);
      }
    }
    return Stream.of(times).mapToDouble(WebhookTimingTest::t).toArray();
  }

  private static double t(long[][] times) {
    long longest = longestKept(times);
    double[] near = meanAndError(times[0], longest);
    double[] far = meanAndError(times[1], longest);
    return Math.abs(near[0] - far[0]) / Math.sqrt(near[1] + far[1]);
  }

  /** A wrong digest; made in the same steps for both kinds, which would show in the time else. */
  private void make(byte[] digest, byte[] mask, Random random) {
    random.nextBytes(noise);
    for (int i = 0; i < digest.length; i++) {
      digest[i] = (byte) (right[i] ^ (noise[i] | 1) & mask[i]);
    }
  }

  private long time(Predicate<byte[]> comparison, byte[] digest) {
    long start = System.nanoTime();
    for (int call = 0; call < CALLS_A_TRY; call++) {
      refused += comparison.test(digest) ? 0 : 1;
    }
    return System.nanoTime() - start;
  }

  private static long longestKept(long[][] times) {
    long[] sorted = Stream.of(times).flatMapToLong(Arrays::stream).sorted().toArray();
    return sorted[(int) (sorted.length * KEPT)];
  }

  /** The mean, and its variance over the number of tries. */
  private static double[] meanAndError(long[] times, long longest) {
    double[] kept = Arrays.stream(times).filter(t -> t <= longest).asDoubleStream().toArray();
    double mean = Arrays.stream(kept).average().orElseThrow();
    double squares = Arrays.stream(kept).map(t -> (t - mean) * (t - mean)).sum();
    return new double[] {mean, squares / (kept.length - 1) / kept.length};
  }

  @Test
  void secrets_and_digests_are_compared_in_constant_time_and_in_no_other_way() throws IOException {
    String signature = Files.readString(SOURCES.resolve("webhook/WebhookSignature.java"));
    assertEquals(1, signature.split("MessageDigest\\.isEqual\\(", -1).length - 1);
    assertTrue(signature.contains("return MessageDigest.isEqual(sha256, "), "of the body");
    String jwt = Files.readString(SOURCES.resolve("platform/StrictJwt.java"));
    assertTrue(jwt.contains("MessageDigest.isEqual(hmac("), "of the token");
    String tokens = Files.readString(SOURCES.resolve("access/BearerTokens.java"));
    assertTrue(tokens.contains("MessageDigest.isEqual(known, given)"), "of a service's token");
    try (Stream<Path> files = Files.walk(SOURCES)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        boolean judges = file.toString().matches(".*/(webhook|access|platform)/.*");
        String code = Files.readString(file);
        assertTrue(!judges || !OTHER_COMPARISONS.matcher(code).find(), file::toString);
      }
    }
  }
}
