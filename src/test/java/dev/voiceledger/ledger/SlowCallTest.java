package dev.voiceledger.ledger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.voiceledger.FreshDatabase;
import dev.voiceledger.TestDatabase;
import dev.voiceledger.call.CallFacts;
import dev.voiceledger.call.RoomSid;
import dev.voiceledger.ledger.Entry.State;
import dev.voiceledger.ledger.LedgerUnavailable.Reason;
import dev.voiceledger.webhook.LiveKitSender;
import dev.voiceledger.webhook.Webhooks;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.vertx.core.Future;
import jakarta.inject.Inject;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** A call whose rows take longer than a statement may costs the others of its lane little. */
@QuarkusTest
@WithTestResource(FreshDatabase.class)
class SlowCallTest {
  private static final int INNOCENTS = 50;
  private static final String SLOW = "RM_slow";
  private static final long FIRST_MS_MAX = 10_000;
  private static final long LATER_MS_MAX = 4_000;
  private static final long BLOCKED_MS = 5_500;
  private static final long TAKEN_MS_MAX = 15_000;

  /** The sleep of the function is measured by the statement that fires it. */
  private static final String SLEEPS =
      """
      create function sleeps() returns trigger language plpgsql as
        $$ begin perform pg_sleep(60); return new; end $$;
      create trigger sleeps before insert or update on voice_calls
        for each row when (new.room_sid = 'RM_slow') execute function sleeps()\
      """;

  @Inject Ledger ledger;
  TestDatabase database;

  @TestHTTPResource URI base;

  @Test
  void its_lane_goes_on_and_it_is_taken_when_it_is_slow_no_more() throws Exception {
    LiveKitSender livekit = new LiveKitSender(base);
    Webhooks event = Webhooks.event("slow", SLOW, "slow", 1);
    database.asSuperuser(SLEEPS);
    try {
      assertOthersAreWritten("first", FIRST_MS_MAX);
      assertEquals(503, livekit.post(event));
      Thread.sleep(BLOCKED_MS);
      assertOthersAreWritten("again", LATER_MS_MAX);
    } finally {
      database.asSuperuser("drop function sleeps() cascade");
    }
    long start = System.nanoTime();
    while (livekit.post(event) != 200) {
      assertTrue(ms(start) < TAKEN_MS_MAX, "not taken after " + ms(start) + " ms");
      Thread.sleep(200);
    }
    assertOthersAreWritten("after", LATER_MS_MAX);
  }

  /** Offered in one moment, so that they share a group with the slow one. */
  private void assertOthersAreWritten(String prefix, long msMax) throws Exception {
    long start = System.nanoTime();
    List<Future<Outcome>> others = new ArrayList<>();
    Future<Outcome> slow = null;
    for (String sid : onOneLane(prefix)) {
      others.add(ledger.admit(entry(prefix, sid)));
      if (others.size() == INNOCENTS / 2) {
        slow = ledger.admit(entry(prefix, SLOW));
      }
    }
    assertWritten(prefix, others);
    assertTrue(ms(start) < msMax, prefix + " took " + ms(start) + " ms");
    got(slow.otherwiseEmpty());
    if (!prefix.equals("after")) {
      assertEquals(Reason.DATABASE_TROUBLE, ((LedgerUnavailable) slow.cause()).reason());
    }
  }

  /**
   * Who was not in the slow one's group has waited behind it and may be told so, once: LiveKit
   * comes again after a second.
   */
  private void assertWritten(String prefix, List<Future<Outcome>> others) throws Exception {
    List<String> sids = onOneLane(prefix);
    List<String> told = new ArrayList<>();
    for (int i = 0; i < INNOCENTS; i++) {
      if (got(others.get(i).otherwiseEmpty()) == null) {
        told.add(sids.get(i));
      }
    }
    assertTrue(told.size() <= INNOCENTS / 2, told.size() + " were not written at once");
    Thread.sleep(told.isEmpty() ? 0 : 1_000);
    List<Future<Outcome>> again = new ArrayList<>();
    told.forEach(sid -> again.add(ledger.admit(entry(prefix, sid))));
    for (Future<Outcome> one : again) {
      got(one);
    }
  }

  private static <T> T got(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(12, TimeUnit.SECONDS);
  }

  /** Of the same lane as the slow one, as {@link Lanes} spreads them. */
  private static List<String> onOneLane(String prefix) {
    return IntStream.iterate(0, i -> i + 1)
        .mapToObj(i -> "RM_" + prefix + i)
        .filter(sid -> lane(sid) == lane(SLOW))
        .limit(INNOCENTS)
        .toList();
  }

  private static int lane(String sid) {
    int hash = RoomSid.callId(sid).hashCode();
    return Math.floorMod(hash ^ hash >>> 16, 2);
  }

  private static Entry entry(String prefix, String sid) {
    CallFacts call = CallFacts.of(RoomSid.callId(sid), sid, "slow");
    Entry.Inbox row =
        new Entry.Inbox(
            "livekit",
            prefix + sid,
            "slow",
            sid,
            call.id(),
            State.applied,
            null,
            null,
            new byte[0]);
    return new Entry(row, call, null, null);
  }

  private static long ms(long since) {
    return (System.nanoTime() - since) / 1_000_000;
  }
}
