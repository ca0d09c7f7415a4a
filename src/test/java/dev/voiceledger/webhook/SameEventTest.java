package dev.voiceledger.webhook;

import static io.restassured.RestAssured.when;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.voiceledger.FreshDatabase;
import dev.voiceledger.TestDatabase;
import dev.voiceledger.webhook.Senders.Answers;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** W5: what is sent many times at once has one effect. */
@QuarkusTest
@WithTestResource(FreshDatabase.class)
class SameEventTest {
  private static final int ROUNDS = 200;
  private static final int COPIES = 50;
  private static final long AT = 1_790_000_000L;

  TestDatabase database;

  @TestHTTPResource URI base;

  @Test
  void fifty_copies_of_one_event_at_the_same_moment_have_one_effect() {
    List<Webhooks> events = new ArrayList<>();
    for (int i = 0; i < ROUNDS; i++) {
      String sid = "RM_w5." + i % 20 + ".";
      long joinedMs = AT * 1000 + i;
      events.add(
          Webhooks.participant("participant_joined", sid, "w5", "PA_" + i, "P" + i, joinedMs, AT)
              .id("EV_w5." + i));
    }
    int appliedBefore = webhooks("applied");
    int duplicateBefore = webhooks("duplicate");
    Senders livekit = new Senders(base);

    Answers answers = livekit.sendCopies(livekit.requests(events), COPIES);

    assertEquals(Map.of(200, ROUNDS * COPIES), answers.statuses, answers::toString);
    assertEquals(ROUNDS, webhooks("applied") - appliedBefore);
    assertEquals(ROUNDS * (COPIES - 1), webhooks("duplicate") - duplicateBefore);
    Rows.assertSame(Oracle.rows(events), Rows.ofRooms(database, "RM_w5.%"));
    Rows.assertSame(Oracle.inbox(events, CallGenerator.SECRET), Rows.ofInbox(database, "EV_w5.%"));
  }

  @Test
  void a_repeat_does_not_even_write_the_row_again() {
    Webhooks event = Webhooks.roomStarted("RM_w5again", "w5", AT * 1000, AT);
    LiveKitSender livekit = new LiveKitSender(base);
    assertEquals(200, livekit.post(event));
    String version = version("RM_w5again");

    for (int i = 0; i < 10; i++) {
      assertEquals(200, livekit.post(event));
    }

    assertEquals(version, version("RM_w5again"));
  }

  private String version(String sid) {
    return Sql.text(
        database,
        "select c.xmin || ' ' || c.updated_at || ' ' || w.xmin from voice_calls c"
            + " join webhook_events w on w.call_id = c.id where c.room_sid = '"
            + sid
            + "'");
  }

  private static int webhooks(String result) {
    return when()
        .get("/q/metrics")
        .asString()
        .lines()
        .filter(line -> line.startsWith("voiceledger_webhooks_total"))
        .filter(line -> line.contains("result=\"" + result + "\""))
        .mapToInt(line -> (int) Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }
}
