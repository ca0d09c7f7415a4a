package dev.voiceledger.webhook;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.voiceledger.FreshDatabase;
import dev.voiceledger.TestDatabase;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import java.net.URI;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** W9: whatever an authentic body holds, it is kept as sent and answered 200. */
@QuarkusTest
@WithTestResource(FreshDatabase.class)
class OddBodiesTest {
  private static final long AT = 1_790_000_000L;
  private static final long SLOWEST_MS = 2_000;

  TestDatabase database;

  @TestHTTPResource URI base;

  @Test
  void every_odd_body_is_kept_as_it_was_sent() {
    Map<String, byte[]> bodies = OddBodies.all("w9.");
    assertTrue(bodies.size() >= 200, () -> bodies.size() + " bodies");
    LiveKitSender livekit = new LiveKitSender(base);
    List<String> wrong = new ArrayList<>();
    bodies.forEach((what, body) -> {
      long start = System.nanoTime();
      int status = livekit.post(body);
      long ms = (System.nanoTime() - start) / 1_000_000;
      if (status != 200 || ms > SLOWEST_MS) {
        wrong.add(what + ": answered " + status + " after " + ms + " ms");
      }
    });
    Map<String, byte[]> kept = Sql.bodies(database);
    bodies.forEach((what, body) -> {
      if (!isKept(body, kept)) {
        wrong.add(what + ": not kept as sent");
      }
    });
    assertEquals(List.of(), wrong);
    assertEquals(200, livekit.post(Webhooks.roomStarted("RM_w9.after", "w9", AT * 1000, AT)));
  }

  @Test
  void text_that_the_database_cannot_hold_is_cleaned_and_the_event_applied() {
    Webhooks joined =
        Webhooks.participant(
            "participant_joined", "RM_w9nul", "a\u0000b", "PA_1", "i\u0000d", 0, AT);
    joined.participant().put("name", "half §d83d of one").put("metadata", "m\u0000");
    joined.participant().withObject("/attributes").put("k\u0000", "v\u0000§de00");
    String id = joined.json().get("id").textValue();
    byte[] body = joined.json().toString().replace("§", "\\u").getBytes(UTF_8);
    assertEquals(200, new LiveKitSender(base).post(body));

    assertEquals(
        "applied", Sql.text(database, "select state from webhook_events where id = ?", id));
    Map<String, String> row = Rows.ofRooms(database, "RM_w9nul").get("participant RM_w9nul PA_1");
    assertEquals("id", row.get("participant_identity"));
    assertEquals("half ? of one", row.get("participant_name"));
    assertEquals("m", row.get("metadata"));
    assertEquals("{k=v?}", row.get("attributes"));
    assertEquals("ab", Rows.call(database, "RM_w9nul").get("room_name"));
  }

  @Test
  void an_identity_of_a_thousand_characters_is_cut_between_characters() {
    String long1000 = "€𝄞".repeat(500);
    assertEquals(
        200,
        new LiveKitSender(base)
            .post(
                Webhooks.participant(
                    "participant_joined", "RM_w9long", "w9", "PA_1", long1000, AT * 1000, AT)));

    String kept =
        Rows.ofRooms(database, "RM_w9long")
            .get("participant RM_w9long PA_1")
            .get("participant_identity");
    assertTrue(kept.length() > 300 && long1000.startsWith(kept), kept);
  }

  @Test
  void other_spellings_of_the_same_event_say_the_same() {
    LiveKitSender livekit = new LiveKitSender(base);
    for (String body : Spellings.call("RM_w9camel")) {
      assertEquals(200, livekit.post(body.getBytes(UTF_8)));
    }
    for (String body : Spellings.call("RM_w9snake")) {
      assertEquals(200, livekit.post(Spellings.other(body).getBytes(UTF_8)), body);
    }
    assertEquals(rows("RM_w9camel"), rows("RM_w9snake"));
    assertEquals("completed", Rows.call(database, "RM_w9snake").get("status"));
    assertEquals("agent 1", Rows.call(database, "RM_w9snake").get("agent_name"));
    assertEquals("s3://x.mp4", Rows.call(database, "RM_w9snake").get("recording_url"));
  }

  private SortedMap<String, Object> rows(String sid) {
    SortedMap<String, Object> rows = new TreeMap<>();
    Rows.ofRooms(database, sid)
        .forEach((key, row) -> rows.put(key.replace(sid, "RM"), row.toString().replace(sid, "RM")));
    return rows;
  }

  /** By the hash of the body where it has no id to use. */
  private static boolean isKept(byte[] body, Map<String, byte[]> bodies) {
    byte[] expected =
        new String(body, ISO_8859_1)
            .replace(CallGenerator.SECRET, "*".repeat(CallGenerator.SECRET.length()))
            .getBytes(ISO_8859_1);
    byte[] kept = bodies.get("sha256:" + HexFormat.of().formatHex(Webhooks.sha256(body)));
    if (kept == null) {
      kept = bodies.get(String.valueOf(Webhooks.idOf(body)));
    }
    return Arrays.equals(expected, kept) || isSecretOfOneLetter(expected, kept);
  }

  /** The turnPassword "x" of some bodies, overwritten. */
  private static boolean isSecretOfOneLetter(byte[] expected, byte[] kept) {
    return kept != null
        && new String(expected, ISO_8859_1)
            .replace("\"turnPassword\":\"x\"", "\"turnPassword\":\"*\"")
            .equals(new String(kept, ISO_8859_1));
  }
}
