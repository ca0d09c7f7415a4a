package dev.voiceledger.webhook;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.voiceledger.FreshDatabase;
import dev.voiceledger.TestDatabase;
import dev.voiceledger.webhook.Senders.Answers;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import java.net.URI;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** W10: what is refused for its content is kept as failed, and harms nobody else. */
@QuarkusTest
@WithTestResource(FreshDatabase.class)
class PoisonTest {
  private static final long AT = 1_790_000_000L;
  private static final int OTHERS = 2_000;
  private static final int SENDERS = 128;

  TestDatabase database;

  @TestHTTPResource URI base;

  @ParameterizedTest
  @ValueSource(strings = {"22003", "22P02", "23502", "23503", "23505", "23514"})
  void one_refused_event_of_a_burst_is_kept_as_failed_and_all_others_apply(String sqlState) {
    String prefix = "w10." + sqlState + ".";
    String poison = "RM_" + prefix + "poison";
    Triggers.refuse(database, poison, sqlState);
    List<Webhooks> events = started(prefix);
    Webhooks refused = Webhooks.roomStarted(poison, "w10", AT * 1000, AT).id("EV_" + prefix);
    events.add(refused);
    Collections.shuffle(events, new Random(10));
    Senders livekit = new Senders(base);

    Answers answers = livekit.send(livekit.requests(events), SENDERS);
    Triggers.allow(database, poison);

    assertEquals(Map.of(200, OTHERS + 1), answers.statuses);
    assertEquals(0, answers.retryAfters);
    events.remove(refused);
    Rows.assertSame(Oracle.rows(events), Rows.ofRooms(database, "RM_" + prefix + "%"));
    Rows.assertSame(
        Oracle.inbox(events, CallGenerator.SECRET), Rows.ofInbox(database, "EV_" + prefix + "_%"));
    assertEquals("failed", state(refused));
    assertTrue(error(refused).contains(sqlState), error(refused));
    assertReplays(refused, poison);
  }

  private void assertReplays(Webhooks event, String sid) {
    Response first = Operators.replay(id(event));
    assertEquals(200, first.statusCode());
    assertEquals("applied", first.<String>path("state"));
    assertNull(first.<String>path("error"));
    assertEquals("pending", Rows.call(database, sid).get("status"));
    String version = version(sid);

    Response again = Operators.replay(id(event));
    assertEquals(200, again.statusCode());
    assertEquals(first.asString(), again.asString());
    assertEquals(version, version(sid));
  }

  @Test
  void replaying_what_is_still_refused_answers_that_it_failed() {
    Triggers.refuse(database, "RM_w10still", "22023");
    Webhooks event = Webhooks.roomStarted("RM_w10still", "w10", AT * 1000, AT);
    assertEquals(200, new LiveKitSender(base).post(event));

    assertEquals("failed", Operators.replay(id(event)).<String>path("state"));
    assertEquals(200, new LiveKitSender(base).post(event));
    assertEquals("failed", state(event));

    Triggers.allow(database, "RM_w10still");
    assertEquals(200, new LiveKitSender(base).post(event));
    assertEquals("applied", state(event));
  }

  @ParameterizedTest
  @ValueSource(strings = {"XX000", "42501", "54000", "P0001"})
  void a_trouble_of_ours_with_one_room_is_503_until_it_is_over(String sqlState) {
    String sid = "RM_w10ours" + sqlState;
    Triggers.refuse(database, sid, sqlState);
    Webhooks event = Webhooks.roomStarted(sid, "w10", AT * 1000, AT);
    Webhooks other = Webhooks.roomStarted("RM_w10other", "w10", AT * 1000, AT);
    Senders livekit = new Senders(base);
    List<byte[]> copies = Collections.nCopies(50, livekit.request(event.bytes()));

    Answers answers = livekit.send(copies, 1);

    assertEquals(Map.of(503, 50), answers.statuses);
    assertEquals(0, answers.retryAfters);
    assertTrue(answers.slowestMs < 1_000, answers::toString);
    assertNull(state(event));
    assertEquals(200, new LiveKitSender(base).post(other));
    Triggers.allow(database, sid);
    assertEquals(200, new LiveKitSender(base).post(event));
    assertEquals("applied", state(event));
  }

  /** LiveKit takes any 4xx as delivered: the event would be nowhere. */
  @ParameterizedTest
  @ValueSource(strings = {"22P05", "23505", "23514"})
  void what_cannot_even_be_kept_is_503_and_comes_again(String sqlState) {
    String sid = "RM_w10kept" + sqlState;
    Triggers.refuseToKeep(database, sid, sqlState);
    Webhooks event = Webhooks.roomStarted(sid, "w10", AT * 1000, AT);

    Answers answers = new Senders(base).send(List.of(new Senders(base).request(event.bytes())), 1);

    assertEquals(Map.of(503, 1), answers.statuses);
    assertEquals(0, answers.retryAfters);
    assertNull(state(event));
    Triggers.allow(database, sid);
    assertEquals(200, new LiveKitSender(base).post(event));
    assertEquals("applied", state(event));
  }

  private static List<Webhooks> started(String prefix) {
    List<Webhooks> events = new ArrayList<>();
    for (int i = 0; i < OTHERS; i++) {
      String sid = "RM_" + prefix + i % 700;
      long joinedMs = AT * 1000 + i;
      events.add(
          Webhooks.participant("participant_joined", sid, "w10", "PA_" + i, "P" + i, joinedMs, AT)
              .id("EV_" + prefix + "_" + i));
    }
    return events;
  }

  private static String id(Webhooks event) {
    return event.json().get("id").textValue();
  }

  private String state(Webhooks event) {
    return Sql.text(database, "select state from webhook_events where id = ?", id(event));
  }

  private String error(Webhooks event) {
    return Sql.text(database, "select error from webhook_events where id = ?", id(event));
  }

  private String version(String sid) {
    return Sql.text(
        database,
        "select c.xmin || ' ' || w.xmin from voice_calls c"
            + " join webhook_events w on w.call_id = c.id where c.room_sid = ?",
        sid);
  }
}
