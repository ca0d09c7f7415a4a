package dev.voiceledger.history;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.voiceledger.FreshDatabase;
import dev.voiceledger.TestDatabase;
import dev.voiceledger.history.Api.Answer;
import dev.voiceledger.livekit.LiveKitDouble;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import java.net.URI;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** RELIABILITY R5: a call of somebody else's is in every way like one that does not exist. */
@QuarkusTest
@WithTestResource(FreshDatabase.class)
@WithTestResource(LiveKitDouble.class)
class BolaTest {
  private static final int TIMES = 25;
  private static final double DIFFERENCE_MS_MAX = 5;

  /** Every route that names a call. */
  enum Route {
    GET("GET", "", null),
    PATCH("PATCH", "", "{\"title\":\"stolen\"}"),
    DELETE("DELETE", "", null),
    END("POST", "/end", null),
    PARTICIPANTS("GET", "/participants", null),
    RECORDINGS("GET", "/recordings", null),
    USAGE("GET", "/usage", null),
    MESSAGES("GET", "/messages", null),
    SAY("POST", null, "{\"session_id\":\"%s\",\"role\":\"user\",\"content\":\"forged\"}"),
    SAY_MANY("POST", null, "{\"messages\":[" + SAY.body + "]}");

    private static final String SAYING = "/api/v1/voice/messages";

    private final String method;
    private final String path;
    private final String body;

    Route(String method, String path, String body) {
      this.method = method;
      this.path = path;
      this.body = body;
    }

    Answer of(Api api, String token, String name) {
      return path == null
          ? api.send(method, token, SAYING, body.formatted(name))
          : api.send(method, token, Api.CALLS + "/" + Api.encoded(name) + path, body);
    }
  }

  @TestHTTPResource URI base;
  LiveKitDouble livekit;
  TestDatabase database;

  private final String ada = People.user(People.somebody());
  private Api api;
  private String room;
  private List<String> names;
  private List<String> absent;

  @BeforeEach
  void begin() {
    livekit.works();
    api = new Api(base);
    JsonNode call = api.made(ada, "{\"title\":\"hers\"}");
    room = call.get("room_name").textValue();
    names = List.of(call.get("id").textValue(), call.get("session_id").textValue(), room);
    new LiveRooms(livekit, base).joined(room, People.somebody());
    absent = List.of(People.somebody(), "RM_" + "0".repeat(12), "vl_" + "0".repeat(22));
  }

  /** With all that is said in it. */
  private String row() {
    return Tables.text(
        database,
        "select to_jsonb(c)::text || (select count(*) from voice_messages m where call_id = c.id)"
            + " from voice_calls c where room_name = ?",
        room);
  }

  private static Map<String, List<String>> headers(Answer answer) {
    Map<String, List<String>> headers = new TreeMap<>(answer.headers().map());
    headers.remove("date");
    return headers;
  }

  private void assertLikeAbsent(Route route, String token) {
    for (int i = 0; i < names.size(); i++) {
      Answer none = route.of(api, token, absent.get(i)).is(404, "call-not-found");
      Answer hers = route.of(api, token, names.get(i)).is(404, "call-not-found");
      assertEquals(none.body(), hers.body());
      assertEquals(headers(none), headers(hers));
    }
  }

  @ParameterizedTest
  @EnumSource
  void by_every_name_it_is_like_one_that_is_absent(Route route) {
    String before = row();
    assertLikeAbsent(route, People.user(People.somebody()));
    assertEquals(before, row());
    assertTrue(livekit.rooms().containsKey(room));
  }

  /** The median of three runs, in each of which both are asked in turn. */
  @ParameterizedTest
  @EnumSource
  void nor_does_the_time_tell(Route route) {
    for (int i = 0; i < names.size(); i++) {
      List<Double> runs = new ArrayList<>();
      for (int run = 0; run < 3; run++) {
        runs.add(difference(route, names.get(i), absent.get(i)));
      }
      Collections.sort(runs);
      assertTrue(runs.get(1) < DIFFERENCE_MS_MAX, names.get(i) + " " + runs + " ms");
    }
  }

  private double difference(Route route, String there, String none) {
    String stranger = People.user(People.somebody());
    List<Long> theirs = new ArrayList<>();
    List<Long> nobodys = new ArrayList<>();
    for (int i = 0; i < TIMES; i++) {
      theirs.add(nanos(route, stranger, there));
      nobodys.add(nanos(route, stranger, none));
    }
    return Math.abs(median(theirs) - median(nobodys)) / 1e6;
  }

  private long nanos(Route route, String token, String name) {
    long start = System.nanoTime();
    route.of(api, token, name).is(404);
    return System.nanoTime() - start;
  }

  private static double median(List<Long> values) {
    return values.stream().sorted().toList().get(values.size() / 2);
  }

  /** RESTler: use after free. */
  @Test
  void after_its_erasure_no_route_has_it_even_for_its_owner_and_operators() {
    api.delete(ada, names.getFirst()).is(200);
    for (Route route : Route.values()) {
      String service = People.service();
      for (String token : List.of(ada, People.admin(), service)) {
        // A service may say what is said in a room that nobody told of yet.
        if (route.path != null || !token.equals(service)) {
          assertLikeAbsent(route, token);
        }
      }
    }
  }

  /** RESTler: resource leakage. */
  @Test
  void what_was_refused_is_not_there() {
    String token = People.user(People.somebody());
    api.post(token, Api.CALLS, "{\"title\":\"x\",\"status\":\"active\"}").is(400);
    api.post(token, Api.TOKEN, "{\"room_name\":\"leak\",\"room_config\":{\"egress\":{}}}").is(400);
    assertEquals("[]", api.get(token, Api.CALLS).is(200).json().get("data").toString());
    api.get(People.service(), Api.CALLS + "/leak").is(404, "call-not-found");
  }

  /** RESTler: resource hierarchy. */
  @Test
  void what_hangs_on_a_call_is_not_under_another_not_even_by_its_cursor() {
    for (int i = 0; i < 3; i++) {
      new LiveRooms(livekit, base).joined(room, "guest " + i);
    }
    String path = "/participants?limit=1&cursor=";
    Answer hers = api.get(ada, Api.CALLS + "/" + room + path).is(200);
    assertEquals("true", hers.at("/has_more"));
    String other = People.user(People.somebody());
    String mine = api.made(other, "{}").get("id").textValue();
    Answer under = api.get(other, Api.CALLS + "/" + mine + path + hers.at("/next_cursor"));
    assertEquals("[]", under.is(200).json().get("data").toString());
    assertEquals("[]", api.get(other, Api.CALLS + "/" + mine + path).json().get("data").toString());
  }

  /** RESTler: user namespace. A name that two use stands for each one's own call. */
  @Test
  void a_room_name_stands_for_the_caller_s_own_call() {
    String shared = "shared " + People.somebody();
    String mine = People.user(People.somebody());
    String first =
        api.post(mine, Api.TOKEN, "{\"room_name\":\"" + shared + "\"}").is(201).at("/call_id");
    new LiveRooms(livekit, base).over(shared);
    String second =
        api.post(ada, Api.TOKEN, "{\"room_name\":\"" + shared + "\"}").is(201).at("/call_id");
    String path = Api.CALLS + "/" + Api.encoded(shared);
    assertEquals(first, api.get(mine, path).is(200).at("/id"));
    assertEquals(second, api.get(ada, path).is(200).at("/id"));
    assertEquals(second, api.get(People.service(), path).is(200).at("/id"));
    api.get(People.user(People.somebody()), path).is(404, "call-not-found");
  }
}
