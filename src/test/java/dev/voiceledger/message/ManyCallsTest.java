package dev.voiceledger.message;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.voiceledger.FreshDatabase;
import dev.voiceledger.TestDatabase;
import dev.voiceledger.history.Api;
import dev.voiceledger.history.Api.Answer;
import dev.voiceledger.history.LiveRooms;
import dev.voiceledger.history.People;
import dev.voiceledger.livekit.LiveKitDouble;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import java.net.URI;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** One post that names many calls: what it may cost. */
@QuarkusTest
@WithTestResource(FreshDatabase.class)
@WithTestResource(LiveKitDouble.class)
class ManyCallsTest {
  @TestHTTPResource URI base;
  LiveKitDouble livekit;
  TestDatabase database;
  private Api api;

  @BeforeEach
  void begin() {
    livekit.works();
    api = new Api(base);
  }

  private Answer post(String token, int calls, String field, IntFunction<String> call) {
    String message = "{\"%s\":\"%s\",\"role\":\"user\",\"content\":\"x\"}";
    String list =
        IntStream.range(0, calls)
            .mapToObj(n -> message.formatted(field, call.apply(n)))
            .collect(Collectors.joining(","));
    return api.post(token, Messages.PATH, "{\"messages\":[" + list + "]}");
  }

  @Test
  void one_post_is_of_a_few_calls() {
    String ada = People.user(People.somebody());
    for (String token : new String[] {ada, People.join("room", "guest"), People.agent("r", "a")}) {
      post(token, 51, "call_id", n -> People.somebody()).isWrong("/messages");
      post(token, 50, "call_id", n -> People.somebody()).is(404, "call-not-found");
    }
    post(People.service(), 51, "call_id", n -> People.somebody()).is(404, "call-not-found");
  }

  /** A post of fifty is counted as 49 before and as 50 after; a thousand are there at once. */
  @Test
  void calls_that_are_not_there_are_no_way_past_the_measure() {
    String ada = People.user(People.somebody());
    int status = 0;
    for (int i = 0; i < 100 && status != 429; i++) {
      status = post(ada, 50, "call_id", n -> People.somebody()).status();
    }
    assertEquals(429, status);
  }

  @Test
  void livekit_is_asked_once_for_all_of_a_post() {
    String room = "untold " + People.somebody();
    String sid = new LiveRooms(livekit, base).untold(room);
    int before = livekit.asked().size();
    String agent = People.agent(room, "a");
    Answer answer = post(agent, 50, "room_sid", n -> n == 49 ? sid : "RM_other" + n).is(201);
    assertEquals(49, answer.json().get("refused").size());
    assertEquals(before + 1, livekit.asked().size());
  }

  /** Who is told 503 takes it that nothing is there, and might post all under new names. */
  @Test
  void a_call_that_is_held_costs_the_others_of_a_list_nothing() throws SQLException {
    String ada = People.user(People.somebody());
    String held = api.made(ada, "{}").get("id").asText();
    String free = api.made(ada, "{}").get("id").asText();
    try (Connection holder = database.superuser();
        Statement lock = holder.createStatement()) {
      holder.setAutoCommit(false);
      lock.execute("select from voice_calls where id = '" + held + "' for update");
      Answer answer = post(ada, 2, "call_id", n -> n == 0 ? held : free).is(201);
      assertEquals(free, answer.at("/data/0/call_id"));
      assertEquals("0", answer.at("/refused/0/index"));
      assertEquals("urn:voiceledger:problem:database-unavailable", answer.at("/refused/0/type"));
      post(ada, 2, "call_id", n -> n == 0 ? held : People.somebody())
          .is(503, "database-unavailable");
    }
    post(ada, 2, "call_id", n -> free).is(201);
  }
}
