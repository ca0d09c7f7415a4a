package dev.voiceledger.history;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.voiceledger.FreshDatabase;
import dev.voiceledger.TestDatabase;
import dev.voiceledger.history.Api.Answer;
import dev.voiceledger.livekit.LiveKitDouble;
import dev.voiceledger.webhook.Webhooks;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import java.net.URI;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.function.Supplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What happens to a call in the moment of its erasure. */
@QuarkusTest
@WithTestResource(FreshDatabase.class)
@WithTestResource(LiveKitDouble.class)
class ErasureRacesTest {
  @TestHTTPResource URI base;
  LiveKitDouble livekit;
  TestDatabase database;

  private final String ada = People.user(People.somebody());
  private Api api;
  private FullCall call;
  private String id;

  @BeforeEach
  void begin() {
    livekit.works();
    api = new Api(base);
    call = new FullCall(base, database, ada);
    id = call.id();
  }

  @Test
  void events_in_the_same_moment_do_not_bring_it_back() {
    List<Supplier<Object>> all = new ArrayList<>();
    all.add(() -> api.delete(ada, id).is(200));
    for (Webhooks event : call.events()) {
      all.add(() -> {
        call.tell(event);
        return event;
      });
    }
    Api.atOnce(all);
    call.assertNothingLeft(ada);
  }

  @Test
  void of_two_at_once_one_has_the_receipt_and_the_others_find_nothing() {
    List<Integer> statuses =
        Api.<Answer>atOnce(Collections.nCopies(6, () -> api.delete(ada, id))).stream()
            .map(Answer::status)
            .sorted()
            .toList();
    assertEquals(List.of(200, 404, 404, 404, 404, 404), statuses);
    call.assertNothingLeft(ada);
  }

  @Test
  void a_change_in_the_same_moment_is_made_or_finds_nothing() {
    List<Supplier<Answer>> all =
        new ArrayList<>(Collections.nCopies(6, () -> api.patch(ada, id, "{\"title\":\"x\"}")));
    all.add(() -> api.delete(ada, id));
    for (Answer answer : Api.atOnce(all)) {
      assertTrue(List.of(200, 404).contains(answer.status()), answer.body());
    }
    call.assertNothingLeft(ada);
  }

  @Test
  void who_waited_for_an_erasure_finds_nothing_too() throws Exception {
    try (Connection first = database.superuser();
        PreparedStatement gone = first.prepareStatement("delete from voice_calls where id = ?")) {
      api.end(ada, id).is(200);
      first.setAutoCommit(false);
      gone.setObject(1, UUID.fromString(id));
      gone.executeUpdate();
      Supplier<Answer> delete = () -> api.delete(ada, id);
      Supplier<Answer> patch = () -> api.patch(ada, id, "{\"title\":\"x\"}");
      Supplier<Answer> release =
          () -> {
            awaitTwoWaiting();
            commit(first);
            return null;
          };
      List<Answer> answers = Api.atOnce(List.of(delete, patch, release));
      answers.get(0).is(404, "call-not-found");
      answers.get(1).is(404, "call-not-found");
    }
    call.assertNothingLeft(ada);
  }

  private void awaitTwoWaiting() {
    String waiting =
        "select count(*) from pg_stat_activity where datname = current_database()"
            + " and wait_event_type = 'Lock'";
    while (!"2".equals(Tables.text(database, waiting))) {
      Thread.onSpinWait();
    }
  }

  private static void commit(Connection connection) {
    try {
      connection.commit();
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }
}
