package dev.voiceledger.operate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.voiceledger.FreshDatabase;
import dev.voiceledger.TestDatabase;
import dev.voiceledger.history.Api;
import dev.voiceledger.history.People;
import dev.voiceledger.history.Tables;
import dev.voiceledger.ledger.Entry;
import dev.voiceledger.webhook.Finding;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import java.net.URI;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Why the reconciler changed a row: what it saw, of whom, and when that was there last. */
@QuarkusTest
@WithTestResource(FreshDatabase.class)
class FindingsShownTest {
  private static final Instant LISTED = Instant.parse("2026-11-20T10:00:00Z");
  private static final Instant LAST_SEEN = Instant.parse("2026-11-20T09:58:30.250Z");
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
  private static final ObjectNode ROOM = JSON.objectNode().put("sid", "RM_1").put("name", "one");

  TestDatabase database;

  @TestHTTPResource URI base;

  @AfterEach
  void forget() {
    Tables.write(database, "delete from webhook_events where provider = 'reconciler'");
  }

  /** Written as the ledger does; shown as the newest. */
  private JsonNode shown(Finding finding) {
    Entry.Inbox row = finding.entry().inbox();
    Tables.write(
        database,
        "insert into webhook_events (provider, id, event, room_sid, state, created_at, body)"
            + " values ('reconciler', ?, ?, ?, 'applied', ?::timestamptz, ?)",
        "RC_" + System.nanoTime(),
        row.event(),
        row.roomSid(),
        row.createdAt().toString(),
        row.body());
    return newest();
  }

  private JsonNode newest() {
    Api api = new Api(base);
    return api.get(People.admin(), "/api/v1/operations").is(200).json().at("/reconciled/0");
  }

  @Test
  void what_is_gone_says_when_it_was_there_last() {
    JsonNode room = shown(Finding.roomGone(LISTED, "RM_1", "one", LAST_SEEN));
    assertEquals("room_gone", room.path("event").asText());
    assertEquals("2026-11-20T10:00:00.000Z", room.path("listed_at").asText());
    assertEquals("2026-11-20T09:58:30.250Z", room.path("last_seen_at").asText());
    assertEquals("", room.path("participant_sid").asText(""));

    JsonNode zoe =
        shown(Finding.participantGone(LISTED, ROOM, "PA_1", "zoe@example.org", LAST_SEEN));
    assertEquals("PA_1", zoe.path("participant_sid").asText());
    assertEquals("zoe@example.org", zoe.path("participant_identity").asText());
    assertEquals("2026-11-20T09:58:30.250Z", zoe.path("last_seen_at").asText());

    JsonNode egress = shown(Finding.egressGone(LISTED, "RM_1", "EG_1"));
    assertEquals("EG_1", egress.path("egress_id").asText());
  }

  @Test
  void what_is_listed_says_how_livekit_has_it_and_no_more() {
    ObjectNode zoe =
        JSON.objectNode().put("sid", "PA_2").put("identity", "zoe").put("state", "ACTIVE");
    zoe.put("metadata", "a \0 secret of hers").put("name", "Zoe Zonk");
    JsonNode person = shown(Finding.participantListed(LISTED, ROOM, zoe));
    assertEquals("ACTIVE", person.path("status").asText());
    assertEquals("PA_2", person.path("participant_sid").asText());
    assertFalse(person.toString().contains("secret") || person.toString().contains("Zonk"));

    ObjectNode info = JSON.objectNode().put("egress_id", "EG_2").put("room_id", "RM_1");
    JsonNode egress = shown(Finding.egressListed(LISTED, info.put("status", "EGRESS_COMPLETE")));
    assertEquals("EGRESS_COMPLETE", egress.path("status").asText());
    assertEquals("EG_2", egress.path("egress_id").asText());

    JsonNode room = shown(Finding.roomListed(LISTED, ROOM));
    assertEquals("room_listed", room.path("event").asText());
  }

  /** The row is shown all the same. */
  @Test
  void what_cannot_be_read_says_nothing() {
    for (String body : new String[] {"{}", "no json", "{\"event\":\"room_gone\""}) {
      Tables.write(
          database,
          "insert into webhook_events (provider, id, event, state, error, body)"
              + " values ('reconciler', ?, 'room_gone', 'failed', 'odd', convert_to(?, 'UTF8'))",
          "RC_" + System.nanoTime(),
          body);
      assertEquals("odd", newest().path("error").asText());
      assertEquals("null", newest().path("last_seen_at").toString());
    }
  }
}
