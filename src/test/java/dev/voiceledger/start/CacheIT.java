package dev.voiceledger.start;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.voiceledger.TestDatabases;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The packaged service starts from the cache that the build made for it, and without one. */
class CacheIT {
  private static final Path CACHE = Path.of("target/quarkus-app/app.aot").toAbsolutePath();

  @TempDir Path temporary;

  private static RunningService start(String options) throws Exception {
    return RunningService.start(TestDatabases.on18().fresh(), Map.of("JAVA_OPTS", options));
  }

  private static void assertServes(RunningService service) throws Exception {
    assertEquals(200, service.status("/q/health/ready"));
    assertFalse(service.output().contains("[aot"), service.output());
    assertFalse(service.output().contains("[cds"), service.output());
  }

  /** In this mode the JVM ends at once where the cache is missing, stale or of other options. */
  @Test
  void it_starts_from_the_cache() throws Exception {
    assertTrue(CACHE.toFile().exists(), "the build made no cache; it says why");
    try (RunningService service = start("-XX:AOTMode=on")) {
      assertServes(service);
    }
  }

  /** The class that a start cannot do without comes from the cache, not from its jar. */
  @Test
  void classes_of_ours_come_from_the_cache() throws Exception {
    try (RunningService service = start("-Xlog:class+load=info")) {
      String own = "dev.voiceledger.start.Start source: ";
      assertTrue(service.output().contains(own + "shared objects file"), "not from the cache");
    }
  }

  @Test
  void it_starts_without_a_cache_and_says_nothing() throws Exception {
    try (RunningService service = start("-XX:AOTCache=" + temporary.resolve("missing"))) {
      assertServes(service);
    }
  }

  /** Other options than it was made with make it one that does not fit, as another JDK does. */
  @Test
  void it_starts_with_a_cache_that_does_not_fit_and_says_nothing() throws Exception {
    String misfit = "-XX:-UseCompressedOops -Xmx256m";
    RunningService.Ended refused =
        RunningService.run(Map.of("JAVA_OPTS", "-XX:AOTMode=on " + misfit), "run");
    assertEquals(1, refused.status(), "it fits: " + refused.output());
    try (RunningService service = start(misfit)) {
      assertServes(service);
    }
  }

  @Test
  void it_starts_with_a_spoilt_cache_and_says_nothing() throws Exception {
    Path spoilt = temporary.resolve("app.aot");
    Files.writeString(spoilt, "no cache of any JVM");
    try (RunningService service = start("-XX:AOTCache=" + spoilt)) {
      assertServes(service);
    }
  }
}
