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
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * P19: what was forgotten and is sent again changes nothing but that its raw row is there again.
 */
@QuarkusTest
@WithTestResource(FreshDatabase.class)
@WithTestResource(RawKept.class)
class ForgottenEventsTest {
  private static final int EVENTS = 3_000;
  private static final int ROOMS = 150;
  private static final int SENDERS = 8;

  /** Every column of every row, and where the row lies: a row that is written anew moves. */
  private static final String ROWS =
      """
      select r from (
        select 1 t, to_jsonb(x) || jsonb_build_object('at', x.ctid) r from voice_calls x
        union all select 2, to_jsonb(x) || jsonb_build_object('at', x.ctid) from call_participants x
        union all select 3, to_jsonb(x) || jsonb_build_object('at', x.ctid) from call_recordings x
        union all select 4, to_jsonb(x) || jsonb_build_object('at', x.ctid) from call_access x
        union all select 5, to_jsonb(x) || jsonb_build_object('at', x.ctid) from users x) all_rows
      order by t, r\
      """;

  private static final String AGED =
      "update webhook_events set received_at = received_at - interval '31 days'";

  TestDatabase database;

  @TestHTTPResource URI base;

  private String count(String of) {
    return Tables.text(database, "select count(*) from " + of);
  }

  @Test
  void an_event_that_was_forgotten_and_comes_again_has_no_second_effect() {
    List<Webhooks> events = new CallGenerator(7, "forgotten.").events(EVENTS, ROOMS);
    Senders livekit = new Senders(base);
    List<byte[]> requests = new ArrayList<>(livekit.requests(events));
    assertEquals(Map.of(200, EVENTS), livekit.send(requests, SENDERS).statuses);
    List<String> before = Tables.texts(database, ROWS);
    var raw = Rows.ofInbox(database, "EV_forgotten.%");
    assertTrue(before.size() > ROOMS && raw.size() == EVENTS, before.size() + ", " + raw.size());

    Tables.write(database, AGED);
    Sweeps.now();
    assertEquals("0", count("webhook_events where state <> 'failed'"));
    Collections.shuffle(requests, new Random(7));
    Answers again = livekit.send(requests, SENDERS);

    assertEquals(Map.of(200, EVENTS), again.statuses);
    assertEquals(before, Tables.texts(database, ROWS));
    Rows.assertSame(raw, Rows.ofInbox(database, "EV_forgotten.%"));
    System.err.println("sent again after " + EVENTS + " were forgotten: " + again);
  }
}
