package dev.voiceledger.history;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.voiceledger.FreshDatabase;
import dev.voiceledger.TestDatabase;
import dev.voiceledger.history.Api.Answer;
import dev.voiceledger.livekit.LiveKitDouble;
import dev.voiceledger.platform.Parameters;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import java.net.URI;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** {@code GET /api/v1/calls/active}: the calls under way that the caller may see. */
@QuarkusTest
@WithTestResource(FreshDatabase.class)
@WithTestResource(LiveKitDouble.class)
class ActiveCallsTest {
  private static final String ACTIVE = Api.CALLS + "/active";

  @TestHTTPResource URI base;
  LiveKitDouble livekit;
  TestDatabase database;

  private final String ada = People.somebody();
  private final String token = People.user(ada);
  private Api api;
  private String room;

  @BeforeEach
  void begin() {
    livekit.works();
    api = new Api(base);
    room = api.made(token, "{}").get("room_name").textValue();
  }

  @Test
  void a_call_is_there_from_the_first_that_joins_to_its_end_with_who_is_in() {
    assertEquals("[]", api.get(token, ACTIVE).is(200).json().get("data").toString());
    LiveRooms rooms = new LiveRooms(livekit, base);
    rooms.joined(room, "guest");
    Answer one = api.get(token, ACTIVE).is(200);
    assertEquals(room, one.at("/data/0/room_name"));
    assertEquals(ada, one.at("/data/0/user_id"));
    assertEquals("[\"Name of guest\"]", one.json().at("/data/0/participant_names").toString());
    assertEquals("1", one.at("/data/0/participant_count"));
    rooms.over(room);
    assertEquals("[]", api.get(token, ACTIVE).is(200).json().get("data").toString());
  }

  @Test
  void who_has_no_name_is_counted() {
    Tables.write(
        database,
        "insert into call_participants (call_id, participant_sid, joined_at)"
            + " select id, 'PA', now() from voice_calls where room_name = ?",
        room);
    assertEquals("1", api.get(token, ACTIVE).is(200).at("/data/0/participant_count"));
  }

  @Test
  void others_see_nothing_of_it_and_operators_all() {
    new LiveRooms(livekit, base).joined(room, "guest");
    Answer stranger = api.get(People.user(People.somebody()), ACTIVE).is(200);
    assertEquals("[]", stranger.json().get("data").toString());
    for (String operator : new String[] {People.admin(), People.service()}) {
      assertEquals(room, api.get(operator, ACTIVE).is(200).at("/data/0/room_name"));
    }
    api.get(People.join(room, "guest"), ACTIVE).is(403, "forbidden");
  }

  @Test
  void a_cursor_that_was_made_up_is_refused() {
    for (String time : new String[] {"+1000000000-12-31T23:59:59.999999999Z", "now", ""}) {
      api.get(token, ACTIVE + "?cursor=" + Parameters.cursor(time, ada)).isWrong("cursor");
    }
  }
}
