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
      select 'EV_old' || n, 'room_started', cast(s.state as webhook_event_state),
        case s.state when 'failed' then 'odd' end, now() - interval '60 days' + n * interval '1 s',
        (select string_agg(sha256(convert_to(n || ' ' || k, 'UTF8')), '')
          from generate_series(1, 32) k)
      from generate_series(1, %1$d) n,
        lateral (
          select case when n %% (%1$d / %2$d) = 0 then 'failed' else 'applied' end) s (state)\
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
    Answers beside = besideSweep(livekit);
    double seconds = (System.nanoTime() - start) / 1e9;

    System.err.printf("%,d old rows gone in %.1f s%n", OLD - FAILED, seconds);
    tell("beside it", beside);
    tell("without it", alone);
    assertEquals(Set.of(200), beside.statuses.keySet());
    assertTrue(beside.statuses.get(200) >= CALLS * 10, "something flowed meanwhile");
    assertEquals("" + FAILED, count("id like 'EV\\_old%' and state = 'failed'"));
    assertEquals("0", count("id like 'EV\\_old%' and state <> 'failed'"));
  }

  private Answers besideSweep(Senders livekit) throws Exception {
    CompletableFuture<Void> sweep = CompletableFuture.runAsync(Sweeps::now);
    Answers answers = new Answers();
    for (int i = 0; !sweep.isDone(); i++) {
      answers.add(send(livekit, "beside" + i));
    }
    sweep.get();
    return answers;
  }

  private static void tell(String what, Answers answers) {
    System.err.printf(
        "webhooks %s: %s, p50 %.1f ms, p99 %.1f ms%n",
        what, answers, answers.withinMs(50), answers.withinMs(99));
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
