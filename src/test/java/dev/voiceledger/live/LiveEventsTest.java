package dev.voiceledger.live;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.voiceledger.FreshDatabase;
import dev.voiceledger.TestDatabase;
import dev.voiceledger.history.Api;
import dev.voiceledger.history.People;
import dev.voiceledger.history.Tables;
import dev.voiceledger.live.Stream.Told;
import dev.voiceledger.livekit.LiveKitDouble;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import java.net.URI;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Every kind of event: it comes, and it is what the row's own route says, with its version. */
@QuarkusTest
@WithTestResource(FreshDatabase.class)
@WithTestResource(LiveKitDouble.class)
class LiveEventsTest {
  @TestHTTPResource URI base;
  TestDatabase database;

  private final String owner = People.somebody();
  private Api api;
  private JsonNode call;
  private String id;

  @BeforeEach
  void begin() {
    api = new Api(base);
    call = api.made(People.user(owner), "{\"metadata\": {\"a\": 1.50, \"b\": \"x\\ny\"}}");
    id = call.get("id").asText();
  }

  private void post(String content) {
    api.post(
            People.user(owner),
            "/api/v1/voice/messages",
            "{\"call_id\":\"" + id + "\",\"role\":\"user\",\"content\":\"" + content + "\"}")
        .is(201);
  }

  private static JsonNode without(Told told) {
    ObjectNode row = (ObjectNode) told.json();
    assertTrue(row.remove("version").isIntegralNumber(), told.data());
    return row;
  }

  private JsonNode first(String path) {
    return api.get(People.admin(), Api.CALLS + "/" + id + path).is(200).json().at("/data/0");
  }

  @Test
  void the_stream_says_what_it_is() {
    try (Stream stream = Stream.open(base, People.admin(), Stream.ALL)) {
      var headers = stream.opened().headers();
      assertEquals("text/event-stream", headers.firstValue("content-type").orElse(""));
      assertEquals("no-store", headers.firstValue("cache-control").orElse(""));
      assertEquals("no", headers.firstValue("x-accel-buffering").orElse(""));
    }
  }

  @Test
  void a_call_and_its_message_come_as_their_routes_show_them() {
    try (Stream stream = Stream.open(base, People.user(owner), Stream.of(id))) {
      post("line one\\nline two \\u2028 \\\"quoted\\\"");
      assertEquals(first("/messages"), without(stream.next("message", "call_id", id)));
      Told counted = stream.next("call", "message_count", "1");
      JsonNode shown = api.get(People.admin(), Api.CALLS + "/" + id).is(200).json();
      assertEquals(shown, without(counted));
    }
  }

  @Test
  void participants_and_recordings_come_too() {
    try (Stream stream = Stream.open(base, People.admin(), Stream.ALL)) {
      Tables.write(
          database,
          """
          insert into call_participants (call_id, participant_sid, participant_identity, kind,
            joined_at, attributes, metadata)
          values (?::uuid, 'PA_1', 'bob', 'STANDARD', now(), '{"sip.x": "y"}', 'm')\
          """,
          id);
      assertEquals(
          first("/participants"), without(stream.next("participant", "participant_sid", "PA_1")));
      Tables.write(
          database,
          """
          insert into call_recordings (call_id, egress_id, status, info_key, url, started_at)
          values (?::uuid, 'EG_1', 'EGRESS_COMPLETE', '1', 's3://x', now())\
          """,
          id);
      stream.next("call", "recording_url", "s3://x");
      assertEquals(first("/recordings"), without(stream.next("recording", "egress_id", "EG_1")));
    }
  }

  @Test
  void versions_and_ids_rise() {
    try (Stream stream = Stream.open(base, People.user(owner), Stream.ALL)) {
      long number = 0;
      long version = 0;
      for (int i = 0; i < 5; i++) {
        api.patch(People.user(owner), id, "{\"title\":\"t" + i + "\"}").is(200);
        Told told = stream.next("call", "title", "t" + i);
        assertTrue(told.number() > number && told.json().get("version").asLong() > version);
        number = told.number();
        version = told.json().get("version").asLong();
      }
    }
  }

  @Test
  void an_erased_call_is_told_to_those_who_knew_of_it() {
    try (Stream own = Stream.open(base, People.user(owner), Stream.of(id));
        Stream mine = Stream.open(base, People.user(owner), Stream.ALL);
        Stream admin = Stream.open(base, People.admin(), Stream.ALL);
        Stream late = Stream.open(base, People.user(owner), Stream.ALL)) {
      api.patch(People.user(owner), id, "{\"title\":\"told\"}").is(200);
      String version = mine.next("call", "id", id).at("version");
      String other = api.made(People.user(owner), "{}").get("id").asText();
      mine.next("call", "id", other);
      late.next("call", "id", other);
      api.delete(People.user(owner), id).is(200);
      for (Stream stream : new Stream[] {own, mine, admin}) {
        Told erased = stream.next("call", "erased", "true");
        assertEquals(id, erased.at("id"));
        assertEquals(3, erased.json().size(), erased.data());
        assertTrue(erased.json().get("version").asLong() > Long.parseLong(version));
      }
      own.ends();
      api.patch(People.user(owner), other, "{\"title\":\"after\"}").is(200);
      mine.next("call", "title", "after");
      assertNotEquals(true, mine.isOver() || admin.isOver());
    }
  }
}
