package dev.voiceledger.webhook;

import static dev.voiceledger.webhook.FoundThings.AT;
import static dev.voiceledger.webhook.FoundThings.at;
import static dev.voiceledger.webhook.FoundThings.done;
import static dev.voiceledger.webhook.FoundThings.egress;
import static dev.voiceledger.webhook.FoundThings.gone;
import static dev.voiceledger.webhook.FoundThings.listed;
import static dev.voiceledger.webhook.FoundThings.participantGone;
import static dev.voiceledger.webhook.FoundThings.participantListed;
import static dev.voiceledger.webhook.Operators.replay;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.voiceledger.FreshDatabase;
import dev.voiceledger.TestDatabase;
import dev.voiceledger.history.Tables;
import dev.voiceledger.ledger.Ledger;
import dev.voiceledger.ledger.Outcome;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.util.List;
import java.util.SortedMap;
import org.junit.jupiter.api.Test;

/** What the reconciler found can be applied again from its body, and by nobody else's word. */
@QuarkusTest
@WithTestResource(FreshDatabase.class)
class FindingReplayTest {
  @Inject Ledger ledger;
  TestDatabase database;

  @Test
  void findings_are_replayed_like_webhooks() throws Exception {
    String sid = "RM_replayed";
    List<Finding> findings =
        List.of(
            listed(sid, 20),
            participantListed(sid, "A", 20, true),
            participantGone(sid, "A", 60, 40),
            Finding.egressListed(at(3), egress(sid, "EGRESS_ACTIVE")),
            Finding.egressGone(at(4000), sid, "EG_1"),
            gone(sid, 90, 70));
    for (Finding finding : findings) {
      assertEquals(Outcome.APPLIED, done(ledger.admit(finding.entry())));
    }
    SortedMap<String, SortedMap<String, String>> rows = Rows.ofRooms(database, sid);
    assertEquals("reconciled", rows.get("call " + sid).get("end_reason"));
    replayAll(sid);
    assertEquals(rows, Rows.ofRooms(database, sid));

    // What is replayed is what was found.
    Tables.write(
        database,
        "with gone as (delete from call_participants where participant_sid = 'PA_A')"
            + " update voice_calls set room_metadata = null, room_info_key = null"
            + " where room_sid = ?",
        sid);
    replayAll(sid);
    assertEquals(rows, Rows.ofRooms(database, sid));
    replay("RC_unknown").then().statusCode(404);
  }

  private void replayAll(String sid) {
    List<String> ids =
        Tables.texts(database, "select id from webhook_events where room_sid = ?", sid);
    assertEquals(6, ids.size());
    for (String id : ids) {
      assertTrue(id.startsWith("RC_"), id);
      replay(id).then().statusCode(200);
    }
  }

  /** LiveKit's key signs what LiveKit says; it does not speak for the reconciler. */
  @Test
  void a_webhook_by_the_name_of_a_finding_is_an_event_that_nobody_knows() throws Exception {
    Webhooks forged = Webhooks.event("room_gone", "RM_forged", "f", AT);
    forged.json().put("last_seen_at_ms", AT * 1000);
    byte[] body = forged.bytes();
    assertEquals(
        Outcome.IGNORED, done(ledger.admit(EventFacts.of(EventReader.read(body, "none"), body))));
    assertTrue(Rows.ofRooms(database, "RM_forged").isEmpty());
  }
}
