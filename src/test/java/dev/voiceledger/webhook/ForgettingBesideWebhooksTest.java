package dev.voiceledger.webhook;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.voiceledger.FreshDatabase;
import dev.voiceledger.TestDatabase;
import dev.voiceledger.history.Tables;
import dev.voiceledger.retention.RawKept;
import dev.voiceledger.retention.Sweeps;
import dev.voiceledger.webhook.Senders.Answers;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import java.net.URI;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** 100,000 old raw events go while webhooks flow, and no webhook is refused for it. */
@QuarkusTest
@WithTestResource(FreshDatabase.class)
@WithTestResource(RawKept.class)
class ForgettingBesideWebhooksTest {
  private static final int OLD = 100_000;
  private static final int FAILED = 5_000;
  private static final int SENDERS = 8;
  private static final int CALLS = 200;

  /** Of about a kilobyte that does not compress, in the order in which they once came. */
  private static final String OLD_ROWS =
      """
      insert into webhook_events (id, event, state, error, received_at, body)
      select 'EV_old' || n, 'room_started',
        cast(case when n %% (%1$d / %2$d) = 0 then 'failed' else 'applied' end as webhook_event_state),
        case when n %% (%1$d / %2$d) = 0 then 'odd' end,
        now() - interval '60 days' + n * interval '1 second',
        (select string_agg(sha256(convert_to(n || ' ' || k, 'UTF8')), '') from generate_series(1, 32) k)
      from generate_series(1, %1$d) n\
      """
          .formatted(OLD, FAILED);

  TestDatabase database;

  @TestHTTPResource URI base;

  @Test
  void old_events_go_while_new_ones_come() throws Exception {
    Tables.write(database, OLD_ROWS);
    Tables.write(database, "analyze webhook_events");
    Senders livekit = new Senders(base);
    send(livekit, "warm");
    Answers alone = new Answers();
    for (int i = 0; i < 5; i++) {
      alone.add(send(livekit, "alone" + i));
    }

    long start = System.nanoTime();
    CompletableFuture<Void> sweep = CompletableFuture.runAsync(Sweeps::now);
    Answers beside = new Answers();
    for (int i = 0; !sweep.isDone(); i++) {
      beside.add(send(livekit, "beside" + i));
    }
    sweep.get();
    double seconds = (System.nanoTime() - start) / 1e9;

    System.err.printf(
        "%,d old rows gone in %.1f s beside %s webhooks; p50 %.1f ms, p99 %.1f ms; without: %s, p50"
            + " %.1f ms, p99 %.1f ms%n",
        OLD - FAILED,
        seconds,
        beside,
        beside.withinMs(50),
        beside.withinMs(99),
        alone,
        alone.withinMs(50),
        alone.withinMs(99));
    assertEquals(Set.of(200), beside.statuses.keySet());
    assertTrue(beside.statuses.get(200) >= CALLS * 10, "something flowed meanwhile");
    assertEquals("" + FAILED, count("id like 'EV\\_old%' and state = 'failed'"));
    assertEquals("0", count("id like 'EV\\_old%' and state <> 'failed'"));
  }

  /** Each batch is all there afterwards, as a person who watched would write it down. */
  private Answers send(Senders livekit, String prefix) throws Exception {
    TypicalCalls calls = TypicalCalls.of(prefix, CALLS);
    List<byte[]> requests = calls.bodies().parallelStream().map(livekit::request).toList();
    Answers answers = livekit.send(requests, SENDERS);
    calls.check(database);
    return answers;
  }

  private String count(String which) {
    return Tables.text(database, "select count(*) from webhook_events where " + which);
  }
}
