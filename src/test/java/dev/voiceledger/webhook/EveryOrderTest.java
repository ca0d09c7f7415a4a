package dev.voiceledger.webhook;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.voiceledger.FreshDatabase;
import dev.voiceledger.Permutations;
import dev.voiceledger.TestDatabase;
import dev.voiceledger.webhook.Senders.Answers;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** W6: six events of one call in each of their 720 orders, one of them twice. */
@QuarkusTest
@WithTestResource(FreshDatabase.class)
class EveryOrderTest {
  private static final long AT = 1_790_000_000L;
  private static final int SENDERS = 16;

  TestDatabase database;

  @TestHTTPResource URI base;

  @Test
  void a_call_of_a_person_and_an_agent_is_the_same_in_every_order() {
    everyOrderLeavesOneState(
        "w6a",
        sid ->
            List.of(
                started(sid, 0),
                person("participant_joined", sid, "A", 1),
                Webhooks.track("track_published", sid, "w6", "PA_A", "A", AT + 2),
                person("participant_joined", sid, "B", 3).kind("AGENT"),
                person("participant_left", sid, "A", 9),
                finished(sid, 30)));
  }

  @Test
  void a_call_that_was_started_again_after_its_end_is_the_same_in_every_order() {
    everyOrderLeavesOneState(
        "w6b",
        sid ->
            List.of(
                started(sid, 0),
                person("participant_joined", sid, "A", 1),
                finished(sid, 5),
                started(sid, 7),
                person("participant_joined", sid, "B", 8),
                person("participant_left", sid, "B", 9)));
  }

  @Test
  void a_call_that_ended_twice_is_the_same_in_every_order() {
    everyOrderLeavesOneState(
        "w6c",
        sid ->
            List.of(
                started(sid, 0),
                person("participant_joined", sid, "A", 1),
                finished(sid, 5),
                started(sid, 7),
                Webhooks.track("track_published", sid, "w6", "PA_B", "B", AT + 8),
                finished(sid, 40)));
  }

  @Test
  void a_recorded_call_is_the_same_in_every_order() {
    everyOrderLeavesOneState(
        "w6d",
        sid ->
            List.of(
                person("participant_joined", sid, "A", 1),
                Webhooks.egress("egress_started", sid, "w6", "EG_1", "EGRESS_STARTING", AT + 2),
                Webhooks.egress("egress_updated", sid, "w6", "EG_1", "EGRESS_ACTIVE", AT + 3),
                recorded(sid, 35),
                person("participant_left", sid, "A", 9),
                finished(sid, 30)));
  }

  @Test
  void events_of_one_second_are_the_same_in_every_order() {
    everyOrderLeavesOneState(
        "w6e",
        sid ->
            List.of(
                started(sid, 0),
                person("participant_joined", sid, "A", 0),
                person("participant_left", sid, "A", 0),
                person("participant_joined", sid, "B", 0).kind("SIP"),
                person("participant_connection_aborted", sid, "C", 0),
                finished(sid, 0)));
  }

  private void everyOrderLeavesOneState(String name, Function<String, List<Webhooks>> call) {
    List<List<Integer>> orders = Permutations.of(6);
    assertEquals(720, orders.size());
    Senders livekit = new Senders(base);
    List<List<byte[]>> sequences = new ArrayList<>();
    List<Webhooks> events = new ArrayList<>();
    for (int i = 0; i < orders.size(); i++) {
      List<Webhooks> ofOne = call.apply("RM_" + name + "." + i + ".");
      for (int e = 0; e < ofOne.size(); e++) {
        ofOne.get(e).id("EV_" + name + "." + i + "." + e);
      }
      events.addAll(ofOne);
      sequences.add(inOrder(livekit.requests(ofOne), orders.get(i), i));
    }

    Answers answers = livekit.sendSequences(sequences, SENDERS);

    assertEquals(Map.of(200, 720 * 7), answers.statuses);
    SortedMap<String, SortedMap<String, String>> rows = Rows.ofRooms(database, "RM_" + name + ".%");
    assertEquals(1, Rows.states(rows).size(), () -> String.join("\n", Rows.states(rows)));
    Rows.assertSame(Oracle.rows(events), rows);
  }

  /** All six in this order, and one of them once more, now here, now there. */
  private static List<byte[]> inOrder(List<byte[]> requests, List<Integer> order, int i) {
    List<byte[]> sequence = new ArrayList<>();
    order.forEach(e -> sequence.add(requests.get(e)));
    sequence.add(i * 5 % 7, requests.get(i % 6));
    return sequence;
  }

  private static Webhooks started(String sid, long second) {
    return full(Webhooks.roomStarted(sid, "w6", AT * 1000 + 123, AT + second), second);
  }

  private static Webhooks finished(String sid, long second) {
    return full(Webhooks.roomFinished(sid, "w6", AT * 1000 + 123, AT + second), second);
  }

  private static Webhooks person(String event, String sid, String who, long second) {
    long joinedMs = AT * 1000 + who.charAt(0);
    Webhooks webhook =
        Webhooks.participant(event, sid, "w6", "PA_" + who, who, joinedMs, AT + second);
    webhook.participant().put("metadata", event + second);
    webhook.room().put("creationTimeMs", Long.toString(AT * 1000 + 123));
    return full(webhook, second);
  }

  private static Webhooks full(Webhooks webhook, long second) {
    webhook.room().put("metadata", "as of second " + second);
    return webhook;
  }

  private static Webhooks recorded(String sid, long second) {
    Webhooks ended =
        Webhooks.egress("egress_ended", sid, "w6", "EG_1", "EGRESS_COMPLETE", AT + second);
    ended.egressInfo().put("startedAt", (AT + 2) + "000000000");
    ended.egressInfo().put("endedAt", (AT + second) + "000000000");
    ended
        .egressInfo()
        .putArray("fileResults")
        .addObject()
        .put("location", "s3://recordings/one.mp4")
        .put("duration", "33000000000");
    return ended;
  }
}
