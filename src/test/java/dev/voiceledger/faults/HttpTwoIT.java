package dev.voiceledger.faults;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.voiceledger.TestDatabase;
import dev.voiceledger.TestDatabases;
import dev.voiceledger.history.Api;
import dev.voiceledger.start.RunningService;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * RELIABILITY F9, HTTP/2: the plain port does not speak it. Whoever begins to is cut off, whatever
 * flood follows (streams that are reset as soon as they are opened, headers without end), others
 * are served meanwhile, and the processors are free again soon.
 */
class HttpTwoIT {
  private static final String NAME = "F9 HTTP/2";
  private static final int CONNECTIONS = Scenario.pick(40, 400);
  private static final int AT_ONCE = 8;
  private static final int WAIT_MS = 10_000;
  private static final int STREAMS = 20_000;
  private static final int CONTINUATIONS = 2_000;
  private static final double CPU_BACK_SECONDS_MAX = Scenario.pick(10, 5);

  /** Of one processor; at rest it takes some hundredths. */
  private static final double CPU_AT_REST = 0.25;

  private static final String PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
  private static final int HEADERS = 1;
  private static final int RST_STREAM = 3;
  private static final int SETTINGS = 4;
  private static final int CONTINUATION = 9;

  /** GET, /, http by the static table, and no end of headers in sight. */
  private static final byte[] FIRST = {(byte) 0x82, (byte) 0x84, (byte) 0x86};

  @Test
  void floods_of_streams_and_headers_end_with_the_connection() throws Exception {
    Scenario.random(NAME);
    TestDatabase database = TestDatabases.on18().fresh();
    try (RunningService service = RunningService.start(database)) {
      URI base = URI.create("http://127.0.0.1:" + service.port);
      long resident = service.residentBytes();
      List<byte[]> floods = List.of(rapidReset(), continuations(), (PREFACE).getBytes(ISO_8859_1));
      try (ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE)) {
        List<Future<RawExchange>> all = new ArrayList<>();
        for (int i = 0; i < CONNECTIONS; i++) {
          byte[] flood = floods.get(i % floods.size());
          all.add(threads.submit(() -> RawExchange.of(base, flood, WAIT_MS)));
        }
        int served = servedUntil(all, base);
        long slowest = assertCutOff(all);
        double back = cpuBackSeconds(service);
        long grown = service.residentBytes() - resident >> 20;
        Scenario.says(
            NAME,
            "%d floods, each cut within %d ms, %d others served meanwhile"
                    .formatted(CONNECTIONS, slowest, served)
                + "; processor free after %.1f s; resident %+d MiB".formatted(back, grown));
        assertTrue(back < CPU_BACK_SECONDS_MAX, "the processors are free again");
      }
    }
  }

  private static int servedUntil(List<Future<RawExchange>> all, URI base) {
    int served = 0;
    do {
      new Api(base).get(null, "/q/health/live").is(200);
      served++;
    } while (!all.stream().allMatch(Future::isDone));
    return served;
  }

  private static long assertCutOff(List<Future<RawExchange>> all) throws Exception {
    long slowest = 0;
    for (Future<RawExchange> one : all) {
      RawExchange said = one.get();
      assertTrue(said.closed(), "closed: " + said);
      assertTrue(said.answers() <= 1 && said.status() / 100 != 2, said.text());
      slowest = Math.max(slowest, said.ms());
    }
    return slowest;
  }

  /** Who asks politely is answered in HTTP/1.1. */
  @Test
  void an_upgrade_is_not_taken() throws Exception {
    TestDatabase database = TestDatabases.on18().fresh();
    try (RunningService service = RunningService.start(database)) {
      String ask =
          "GET /q/health/live HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, HTTP2-Settings\r\n"
              + "Upgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n";
      RawExchange said = RawExchange.of(URI.create("http://127.0.0.1:" + service.port), ask, 1_000);
      assertEquals(200, said.status());
      assertFalse(said.has(" 101 "), said.text());
    }
  }

  private static double cpuBackSeconds(RunningService service) throws Exception {
    long begin = System.nanoTime();
    double before = Vitals.cpuSeconds(service);
    for (double used = 1; used > CPU_AT_REST / 2; ) {
      TimeUnit.MILLISECONDS.sleep(500);
      double now = Vitals.cpuSeconds(service);
      used = now - before;
      before = now;
      assertTrue(System.nanoTime() - begin < 60_000_000_000L, "the processor is never free");
    }
    return (System.nanoTime() - begin) / 1e9;
  }

  private static byte[] rapidReset() throws IOException {
    ByteArrayOutputStream all = beginning();
    for (int stream = 1; stream < 2 * STREAMS; stream += 2) {
      frame(all, HEADERS, 0x5, stream, FIRST);
      frame(all, RST_STREAM, 0, stream, new byte[] {0, 0, 0, 8});
    }
    return all.toByteArray();
  }

  private static byte[] continuations() throws IOException {
    ByteArrayOutputStream all = beginning();
    frame(all, HEADERS, 0, 1, FIRST);
    byte[] more = new byte[1_024];
    for (int i = 0; i < CONTINUATIONS; i++) {
      frame(all, CONTINUATION, 0, 1, more);
    }
    return all.toByteArray();
  }

  private static ByteArrayOutputStream beginning() throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.write(PREFACE.getBytes(ISO_8859_1));
    frame(all, SETTINGS, 0, 0, new byte[0]);
    return all;
  }

  /** 24 bits of length, type, flags, stream. */
  private static void frame(
      ByteArrayOutputStream all, int type, int flags, int stream, byte[] payload)
      throws IOException {
    ByteBuffer head = ByteBuffer.allocate(9);
    head.put((byte) (payload.length >> 16)).putShort((short) payload.length);
    head.put((byte) type).put((byte) flags).putInt(stream);
    all.write(head.array());
    all.write(payload);
  }
}
