package dev.voiceledger.message;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.OperatingSystemMXBean;
import dev.voiceledger.FreshDatabase;
import dev.voiceledger.TestDatabase;
import dev.voiceledger.history.Api;
import dev.voiceledger.history.People;
import dev.voiceledger.livekit.LiveKitDouble;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * RELIABILITY D4: sixteen writers at one call, an agent and a service, each message a request of
 * its own. {@code -Dhot.seconds=60} for the full form, which asserts its figures too.
 */
@QuarkusTest
@WithTestResource(FreshDatabase.class)
@WithTestResource(LiveKitDouble.class)
class HotCallTest {
  private static final int SECONDS = Integer.getInteger("hot.seconds", 6);
  private static final boolean FULL = SECONDS >= 60;
  private static final int WARM_SECONDS = FULL ? 10 : 2;
  private static final int WRITERS = 16;
  private static final int MESSAGES_PER_SECOND_MIN = 500;
  private static final double P99_MS_MAX = 100;

  @TestHTTPResource URI base;
  TestDatabase database;

  @Test
  void sixteen_writers_share_one_call_without_an_error() {
    Api api = new Api(base);
    var call = api.made(People.user(People.somebody()), "{}");
    String id = call.get("id").asText();
    List<String> tokens =
        List.of(People.service(), People.agent(call.get("room_name").asText(), "agent"));
    long warm = written(api, id, tokens, WARM_SECONDS).size();
    long cpu = cpuNanos();
    List<Long> nanos = written(api, id, tokens, SECONDS);
    double cpuMs = (cpuNanos() - cpu) / 1e6 / nanos.size();
    double perSecond = (double) nanos.size() / SECONDS;
    double p50 = percentile(nanos, 0.5);
    double p99 = percentile(nanos, 0.99);
    System.err.printf(
        "hot call: %.0f messages/s, p50 %.1f ms, p99 %.1f ms, %d s, %.2f ms of CPU a message%n",
        perSecond, p50, p99, SECONDS, cpuMs);
    assertEquals(Messages.sums(database, id), Messages.totals(database, id));
    Messages.assertWithoutGaps(database, id, (int) warm + nanos.size());
    if (FULL) {
      assertTrue(perSecond >= MESSAGES_PER_SECOND_MIN, perSecond + " messages/s");
      assertTrue(p99 < P99_MS_MAX, p99 + " ms");
    }
  }

  /** Of this JVM: the service and the sixteen clients together. */
  private static long cpuNanos() {
    return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getProcessCpuTime();
  }

  private static List<Long> written(Api api, String call, List<String> tokens, int seconds) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
    List<Supplier<List<Long>>> writers =
        IntStream.range(0, WRITERS)
            .<Supplier<List<Long>>>mapToObj(
                writer -> () -> writes(api, call, tokens.get(writer % 2), end))
            .toList();
    return Api.atOnce(writers).stream().flatMap(List::stream).sorted().toList();
  }

  private static List<Long> writes(Api api, String call, String token, long end) {
    String body =
        """
        {"call_id": "%s", "role": "assistant", "content": "What somebody says in one breath.",
         "input_tokens": 12, "output_tokens": 7, "cost_usd": 0.000019}\
        """
            .formatted(call);
    List<Long> nanos = new ArrayList<>();
    for (long start; (start = System.nanoTime()) < end; ) {
      api.post(token, Messages.PATH, body).is(201);
      nanos.add(System.nanoTime() - start);
    }
    return nanos;
  }

  private static double percentile(List<Long> sorted, double part) {
    return sorted.get((int) ((sorted.size() - 1) * part)) / 1e6;
  }
}
