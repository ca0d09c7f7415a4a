package dev.voiceledger.webhook;

import static dev.voiceledger.webhook.FoundThings.AT;
import static dev.voiceledger.webhook.FoundThings.at;
import static dev.voiceledger.webhook.FoundThings.done;
import static dev.voiceledger.webhook.FoundThings.egress;
import static dev.voiceledger.webhook.FoundThings.entry;
import static dev.voiceledger.webhook.FoundThings.gone;
import static dev.voiceledger.webhook.FoundThings.joined;
import static dev.voiceledger.webhook.FoundThings.left;
import static dev.voiceledger.webhook.FoundThings.listed;
import static dev.voiceledger.webhook.FoundThings.participantGone;
import static dev.voiceledger.webhook.FoundThings.participantListed;
import static dev.voiceledger.webhook.FoundThings.webhook;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.voiceledger.FreshDatabase;
import dev.voiceledger.Permutations;
import dev.voiceledger.TestDatabase;
import dev.voiceledger.ledger.Ledger;
import dev.voiceledger.ledger.Outcome;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.vertx.core.Future;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeSet;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** What the reconciler finds merges with webhooks in any order. */
@QuarkusTest
@WithTestResource(FreshDatabase.class)
class FindingOrderTest {

  @Inject Ledger ledger;
  TestDatabase database;

  @Test
  void a_call_that_ended_unheard_is_the_same_in_every_order() throws Exception {
    everyOrderLeavesOneState(
        "fa",
        sid ->
            List.of(
                webhook(Webhooks.roomStarted(sid, "f", AT * 1000 + 123, AT)),
                webhook(joined(sid, "A", 1)),
                listed(sid, 20),
                participantListed(sid, "A", 20, true),
                participantGone(sid, "A", 40, 20),
                gone(sid, 80, 60)));
  }

  @Test
  void a_call_that_went_on_is_the_same_in_every_order() throws Exception {
    everyOrderLeavesOneState(
        "fb",
        sid ->
            List.of(
                webhook(joined(sid, "A", 1)),
                participantGone(sid, "A", 30, 10),
                gone(sid, 40, 20),
                participantListed(sid, "A", 60, false),
                participantListed(sid, "A", 20, true),
                listed(sid, 60)));
  }

  @Test
  void a_reported_end_among_findings_is_the_same_in_every_order() throws Exception {
    everyOrderLeavesOneState(
        "fc",
        sid ->
            List.of(
                webhook(joined(sid, "A", 1)),
                gone(sid, 40, 20),
                webhook(left(sid, "A", 15)),
                webhook(Webhooks.roomFinished(sid, "f", AT * 1000 + 123, AT + 16)),
                listed(sid, 18),
                participantGone(sid, "A", 45, 10)));
  }

  @Test
  void two_ends_and_what_was_said_after_them_are_the_same_in_every_order() throws Exception {
    everyOrderLeavesOneState(
        "fd",
        sid ->
            List.of(
                webhook(joined(sid, "A", 1)),
                gone(sid, 40, 20),
                gone(sid, 90, 70),
                webhook(Webhooks.track("track_published", sid, "f", "PA_A", "A", AT + 50)),
                webhook(joined(sid, "B", 50)),
                participantListed(sid, "B", 66, false)));
  }

  @Test
  void an_egress_that_was_given_up_is_the_same_in_every_order() throws Exception {
    everyOrderLeavesOneState(
        "fe",
        sid ->
            List.of(
                webhook(Webhooks.egress("egress_started", sid, "f", "EG_1", "EGRESS_STARTING", AT)),
                webhook(
                    Webhooks.egress("egress_updated", sid, "f", "EG_1", "EGRESS_ENDING", AT + 9)),
                Finding.egressGone(at(4000), sid, "EG_1"),
                Finding.egressListed(at(5), egress(sid, "EGRESS_ACTIVE")),
                gone(sid, 40, 20),
                Finding.egressListed(at(3), egress(sid, "EGRESS_STARTING"))));
  }

  private void everyOrderLeavesOneState(String name, Function<String, List<Object>> call)
      throws Exception {
    List<List<Integer>> orders = Permutations.of(6);
    for (int i = 0; i < orders.size(); i += 72) {
      List<Future<Outcome>> last = new ArrayList<>();
      for (int o = i; o < i + 72; o++) {
        last.add(inOrder(call.apply("RM_" + name + "." + o + "."), orders.get(o)));
      }
      done(Future.all(last));
    }
    SortedMap<String, SortedMap<String, String>> rows = Rows.ofRooms(database, "RM_" + name + ".%");
    assertEquals(orders.size(), rows.keySet().stream().filter(k -> k.startsWith("call ")).count());
    TreeSet<String> states = Rows.states(rows);
    assertEquals(1, states.size(), () -> String.join("\n", states));
  }

  /** One after the other, each in a group of its own or with those of other calls. */
  private Future<Outcome> inOrder(List<Object> said, List<Integer> order) {
    Future<Outcome> last = Future.succeededFuture();
    for (int i : order) {
      last = last.compose(done -> ledger.admit(entry(said.get(i))));
    }
    return last;
  }
}
