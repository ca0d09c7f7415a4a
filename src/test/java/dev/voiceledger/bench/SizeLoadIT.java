package dev.voiceledger.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.voiceledger.history.People;
import dev.voiceledger.history.Tables;
import dev.voiceledger.load.Load;
import dev.voiceledger.load.Phase;
import dev.voiceledger.load.Requests;
import dev.voiceledger.load.Shot;
import dev.voiceledger.load.Shot.Kind;
import dev.voiceledger.start.RunningService;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/**
 * A ledger of full size over HTTP: 200 lists and details a second, in turn, beside 2,000 webhooks
 * and messages a second. Only with {@code -Dbench=full}; it prints what it saw.
 */
class SizeLoadIT {
  private static final int CALLS = Integer.getInteger("bench.calls", 1_000_000);
  private static final int READS = 200;
  private static final int INGEST = 2_000;
  private static final int SECONDS = 20;
  private static final int LINES = 64;

  /** The owner of many calls and many owners of few: nobody may have all places for reading. */
  private static final String OWNED =
      """
      (select user_id || ' ' || call_id from call_access where user_id = '%s' limit 50)
      union all (select user_id || ' ' || call_id from call_access
        where is_owner and user_id <> '%1$s' limit 450)\
      """
          .formatted(LargeLedger.OWNER);

  @Test
  void lists_and_details_beside_ingest() throws Exception {
    Assumptions.assumeTrue("full".equals(System.getProperty("bench")), "SKIPPED: -Dbench=full");
    SizedLedger ledger = SizedLedger.filled(CALLS);
    try (RunningService service =
        RunningService.start(ledger.database(), Map.of("SERVICE_TOKENS", Subject.SERVICE_TOKEN))) {
      URI base = URI.create("http://127.0.0.1:" + service.port);
      List<byte[]> reads = reads(Tables.texts(ledger.database(), OWNED));
      beside(base, reads, "warm-up", INGEST / 4);
      Phase read = beside(base, reads, "measured", INGEST);
      assertEquals(0, read.count(Kind.READ, 0), "no connection broke");
    }
  }

  private static Phase beside(URI base, List<byte[]> reads, String what, int perSecond)
      throws Exception {
    Phase ingest = new Phase(perSecond, SECONDS);
    CallStream stream = new CallStream(what, Subject.SERVICE_TOKEN);
    var waves = stream.waves(2 + perSecond * SECONDS / CallStream.REQUESTS_A_WAVE);
    Phase read = new Phase(READS, SECONDS);
    CompletableFuture<Void> beside =
        CompletableFuture.runAsync(() -> run(base, new StreamLoad(waves, ingest, () -> {})));
    run(base, new Reads(reads, read));
    beside.join();
    System.err.println(what + ", reads: " + read + "\n" + what + ", ingest: " + ingest);
    return read;
  }

  private static void run(URI base, Load.Source source) {
    try (Load load = new Load(base, LINES)) {
      load.run(source);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The list and the calls on it, as their owner asks for them. */
  private static List<byte[]> reads(List<String> owned) {
    List<byte[]> reads = new ArrayList<>();
    for (String pair : owned) {
      String[] userAndCall = pair.split(" ");
      String owner = People.user(userAndCall[0]);
      reads.add(Requests.get(owner, "/api/v1/calls"));
      reads.add(Requests.get(owner, "/api/v1/calls/" + userAndCall[1]));
    }
    return reads;
  }

  /** Each when it is due, whatever became of those before it. */
  private static final class Reads implements Load.Source {
    private final List<byte[]> requests;
    private final Phase phase;
    private int sent;

    private Reads(List<byte[]> requests, Phase phase) {
      this.requests = requests;
      this.phase = phase;
      phase.begin(System.nanoTime());
    }

    @Override
    public Shot next(long nowNanos) {
      long due = phase.beginNanos() + (long) (sent * 1e9 / phase.perSecond);
      return due > nowNanos || isOver(nowNanos)
          ? null
          : new Shot(Kind.READ, requests.get(sent++ % requests.size()), phase, due, 1);
    }

    @Override
    public void answered(Shot shot, int status, long nanos) {
      phase.add(shot.kind(), status, nanos);
    }

    @Override
    public boolean isOver(long nowNanos) {
      return nowNanos >= phase.endNanos();
    }
  }
}
