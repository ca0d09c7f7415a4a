package dev.voiceledger.join;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.voiceledger.FreshDatabase;
import dev.voiceledger.TestDatabase;
import dev.voiceledger.history.Api;
import dev.voiceledger.history.Api.Answer;
import dev.voiceledger.history.LiveRooms;
import dev.voiceledger.history.People;
import dev.voiceledger.history.Tables;
import dev.voiceledger.livekit.LiveKitDouble;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.net.URI;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who may enter which room, where users may claim names that begin with {@code open-}. */
@QuarkusTest
@WithTestResource(FreshDatabase.class)
@WithTestResource(LiveKitDouble.class)
@TestProfile(NarrowRooms.class)
class DoorkeeperTest {
  private static final int ROUNDS = 100;

  @TestHTTPResource URI base;
  LiveKitDouble livekit;
  TestDatabase database;

  private final String name = "open-" + People.somebody();
  private final String ada = People.user(People.somebody());
  private final String grace = People.user(People.somebody());
  private Api api;
  private LiveRooms rooms;

  @BeforeEach
  void begin() {
    livekit.works();
    api = new Api(base);
    rooms = new LiveRooms(livekit, base);
  }

  private Answer enter(String token, String room) {
    return api.post(token, Api.TOKEN, "{\"room_name\":\"" + room + "\"}");
  }

  /** The answer to a name that users may not claim says nothing; all others say the same. */
  private void assertClosed(Answer answer) {
    Answer outside = enter(grace, "closed").is(403, "forbidden");
    assertEquals(outside.body(), answer.is(403).body());
    assertEquals(
        outside.headers().map().keySet(), answer.headers().map().keySet(), answer.toString());
  }

  private String row(String call) {
    return Tables.text(
        database, "select to_jsonb(c)::text from voice_calls c where id = ?::uuid", call);
  }

  @Test
  void a_free_name_is_claimed_and_its_owner_comes_again() {
    Answer first = enter(ada, name).is(201);
    Answer again = enter(ada, name).is(201);

    assertEquals(name, first.at("/room_name"));
    assertEquals(first.at("/call_id"), again.at("/call_id"));
    assertEquals(
        List.of("ListRooms", "CreateRoom", "ListRooms"),
        livekit.asked().stream().map(LiveKitDouble.Asked::method).toList());
    JoinClaims.assertPlain(JoinClaims.of(first.at("/participant_token")), name);
    assertEquals(name, api.get(ada, Api.CALLS + "/" + first.at("/call_id")).at("/room_name"));
  }

  @Test
  void without_a_name_there_is_a_room_for_oneself_whatever_names_may_be_claimed() {
    Answer first = api.post(ada, Api.TOKEN, "{}").is(201);
    Answer second = api.post(ada, Api.TOKEN, "{\"room_name\":\"\",\"room_config\":{}}").is(201);

    assertTrue(first.at("/room_name").matches("vl_[0-9A-Za-z]{22}"), first.body());
    assertNotEquals(first.at("/call_id"), second.at("/call_id"));
    JoinClaims.assertPlain(JoinClaims.of(first.at("/participant_token")), first.at("/room_name"));
    assertEquals("ws://localhost:7880", first.at("/server_url"));
  }

  @Test
  void a_name_that_another_took_is_closed_as_one_outside_is() {
    String call = enter(ada, name).is(201).at("/call_id");
    String before = row(call);

    assertClosed(enter(grace, name));
    assertEquals(before, row(call));
  }

  @Test
  void having_taken_part_is_no_key() {
    enter(ada, name).is(201);
    String guest = People.somebody();
    rooms.joined(name, guest);
    assertClosed(enter(People.user(guest), name));
  }

  @Test
  void who_is_invited_enters_and_who_is_no_more_does_not() {
    String call = enter(ada, name).is(201).at("/call_id");
    String guest = People.somebody();
    api.patch(ada, call, "{\"invited_user_ids\":[\"" + guest + "\"]}").is(200);

    assertEquals(call, enter(People.user(guest), name).is(201).at("/call_id"));
    assertClosed(enter(grace, name));
    api.patch(ada, call, "{\"invited_user_ids\":[]}").is(200);
    assertClosed(enter(People.user(guest), name));
  }

  @Test
  void admins_and_services_enter_everywhere() {
    String call = enter(ada, name).is(201).at("/call_id");
    for (String operator : List.of(People.admin(), People.service())) {
      assertEquals(call, enter(operator, name).is(201).at("/call_id"));
      enter(operator, "elsewhere-" + People.somebody()).is(201);
    }
    assertFalse(row(call).contains("\"user_id\": null"), "it keeps its owner");
  }

  @Test
  void an_open_call_without_owner_is_closed_to_users() {
    rooms.told(name);
    assertClosed(enter(ada, name));
    enter(People.service(), name).is(201);
    enter(People.admin(), name).is(201);
    assertClosed(enter(ada, name));
  }

  @Test
  void a_live_room_that_nobody_told_of_is_closed_to_users() {
    String sid = rooms.untold(name);
    assertClosed(enter(ada, name));
    assertEquals(null, Tables.text(database, "select 1 from voice_calls where room_sid = ?", sid));

    Answer service = enter(People.service(), name).is(201);
    assertEquals(
        sid, api.get(People.service(), Api.CALLS + "/" + service.at("/call_id")).at("/room_sid"));
    assertClosed(enter(ada, name));
  }

  @Test
  void after_a_room_is_over_its_name_is_free_and_the_old_call_stays_as_it_was() {
    String call = enter(ada, name).is(201).at("/call_id");
    rooms.over(name);
    String before = row(call);

    Answer mine = enter(grace, name).is(201);
    assertNotEquals(call, mine.at("/call_id"));
    assertEquals(before, row(call));
    api.get(grace, Api.CALLS + "/" + call).is(404, "call-not-found");
    assertClosed(enter(ada, name));
  }

  /** LiveKit forgot to say so: nobody else takes the name, its owner gets another room. */
  @Test
  void a_room_that_went_silently_is_still_its_owner_s() {
    Answer first = enter(ada, name).is(201);
    livekit.works();
    rooms.forget(name);
    assertClosed(enter(grace, name));
    assertNotEquals(first.at("/call_id"), enter(ada, name).is(201).at("/call_id"));
  }

  @Test
  void of_two_who_claim_at_once_one_has_it() {
    for (int i = 0; i < ROUNDS; i++) {
      String free = name + i;
      String one = People.user(People.somebody());
      String other = People.user(People.somebody());
      List<Answer> answers = Api.atOnce(List.of(() -> enter(one, free), () -> enter(other, free)));
      assertEquals(List.of(201, 403), answers.stream().map(Answer::status).sorted().toList(), free);
      answers.stream().filter(answer -> answer.status() == 403).forEach(this::assertClosed);
      assertTrue(livekit.rooms().containsKey(free), "the winner's room lives on");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"closed", "xopen-", "Open-", "ope", "open", "a\\nopen-"})
  void names_outside_are_closed(String outside) {
    assertClosed(enter(ada, outside));
  }

  @ParameterizedTest
  @ValueSource(strings = {"open-", "open-\\n.*", "open-ä/?#"})
  void names_within_are_open(String within) {
    enter(ada, within).is(201);
  }
}
