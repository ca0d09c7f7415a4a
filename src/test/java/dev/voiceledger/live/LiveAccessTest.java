package dev.voiceledger.live;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.voiceledger.FreshDatabase;
import dev.voiceledger.TestDatabase;
import dev.voiceledger.history.Api;
import dev.voiceledger.history.People;
import dev.voiceledger.history.Tables;
import dev.voiceledger.live.Stream.Told;
import dev.voiceledger.livekit.LiveKitDouble;
import dev.voiceledger.webhook.Webhooks;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who may look, who sees what, and what becomes of a stream whose reader may not look any more. */
@QuarkusTest
@WithTestResource(FreshDatabase.class)
@WithTestResource(LiveKitDouble.class)
class LiveAccessTest {
  private static final String JOINED =
      """
      insert into call_participants
        (call_id, participant_sid, participant_identity, kind, user_id, joined_at)
      values (?::uuid, ?, ?, 'STANDARD', ?::uuid, now())\
      """;

  @TestHTTPResource URI base;
  TestDatabase database;

  private final String owner = People.somebody();
  private final String participant = People.somebody();
  private final String invited = People.somebody();
  private Api api;
  private String id;
  private String room;

  @BeforeEach
  void begin() {
    api = new Api(base);
    JsonNode call = api.made(People.user(owner), "{\"invited_user_ids\":[\"" + invited + "\"]}");
    id = call.get("id").asText();
    room = call.get("room_name").asText();
    join("PA_1", participant, participant);
  }

  private void join(String sid, String identity, String userId) {
    Tables.write(database, JOINED, id, sid, identity, userId);
  }

  private void change(String title) {
    api.patch(People.user(owner), id, "{\"title\":\"" + title + "\"}").is(200);
  }

  private String another(String person) {
    return api.made(People.user(person), "{}").get("id").asText();
  }

  private Map<String, String> whoSee() {
    return Map.of(
        "owner", People.user(owner),
        "participant", People.user(participant),
        "invited", People.user(invited),
        "admin", People.admin(),
        "service", People.service(),
        "join token", People.join(room, "guest"),
        "agent", agent());
  }

  private String agent() {
    String claims =
        """
        {"iss":"%s","sub":"agent-1","exp":%d,"kind":"agent",
         "video":{"roomJoin":true,"room":"%s"}}\
        """
            .formatted(FreshDatabase.LIVEKIT_API_KEY, Instant.now().getEpochSecond() + 600, room);
    return Webhooks.jwt("{\"alg\":\"HS256\"}", claims, FreshDatabase.LIVEKIT_API_SECRET);
  }

  @Test
  void whoever_may_see_the_call_may_watch_it() {
    whoSee()
        .forEach((who, token) -> {
          try (Stream stream = Stream.open(base, token, Stream.of(id));
              Stream byRoom = Stream.open(base, token, Stream.of(room))) {
            change("for the " + who);
            stream.next("call", "title", "for the " + who);
            byRoom.next("call", "title", "for the " + who);
          }
        });
  }

  @Test
  void others_are_answered_as_if_there_were_no_call() {
    String stranger = People.user(People.somebody());
    String none = api.get(stranger, Stream.of(People.somebody())).is(404, "call-not-found").body();
    assertEquals(none, api.get(stranger, Stream.of(id)).is(404, "call-not-found").body());
    String elsewhere = People.join("another room", "guest");
    assertEquals(none, api.get(elsewhere, Stream.of(id)).is(404, "call-not-found").body());
    Tables.write(
        database,
        """
        insert into call_participants (call_id, participant_sid, participant_identity, kind,
          joined_at, left_reported_at, disconnect_reason)
        values (?::uuid, 'PA_gone', 'gone', 'STANDARD', now(), now() + interval '1 minute',
          'PARTICIPANT_REMOVED')\
        """,
        id);
    assertEquals(none, api.get(People.join(room, "gone"), Stream.of(id)).is(404).body());
    api.get(null, Stream.of(id)).is(401, "unauthorized");
    api.get(null, Stream.ALL).is(401, "unauthorized");
    api.get(People.join(room, "guest"), Stream.ALL).is(403, "forbidden");
  }

  @Test
  void each_is_told_of_their_own() {
    String stranger = People.somebody();
    String theirs = another(stranger);
    try (Stream one = Stream.open(base, People.user(participant), Stream.ALL);
        Stream other = Stream.open(base, People.user(stranger), Stream.ALL);
        Stream all = Stream.open(base, People.service(), Stream.ALL)) {
      change("of the owner");
      one.next("call", "title", "of the owner");
      api.patch(People.user(stranger), theirs, "{\"title\":\"theirs\"}").is(200);
      for (Told told = other.next("own"); !"theirs".equals(told.at("title")); ) {
        assertEquals(theirs, told.at("id"), "nothing of another's call");
        told = other.next("own");
      }
      all.next("call", "title", "of the owner");
      all.next("call", "title", "theirs");
    }
  }

  @Test
  void who_is_invited_hears_of_it_and_who_is_no_more_hears_nothing() {
    String own = another(invited);
    String later = People.somebody();
    try (Stream watching = Stream.open(base, People.user(invited), Stream.of(id));
        Stream all = Stream.open(base, People.user(invited), Stream.ALL);
        Stream next = Stream.open(base, People.user(later), Stream.ALL)) {
      change("before");
      watching.next("call", "title", "before");
      all.next("call", "title", "before");
      String body = "{\"title\":\"secret\",\"invited_user_ids\":[\"" + later + "\"]}";
      api.patch(People.user(owner), id, body).is(200);
      next.next("call", "title", "secret");
      watching.ends();
      for (Told told = watching.poll(); told != null; told = watching.poll()) {
        assertFalse(told.data().contains("secret"), told.data());
      }
      change("after");
      next.next("call", "title", "after");
      api.patch(People.user(invited), own, "{\"title\":\"own\"}").is(200);
      for (Told told = all.next("own"); !"own".equals(told.at("title")); ) {
        assertFalse(told.data().contains(id), told.data());
        told = all.next("own");
      }
    }
  }

  @Test
  void who_is_removed_reads_no_further() {
    join("PA_bad", "bad", null);
    try (Stream bad = Stream.open(base, People.join(room, "bad"), Stream.of(id));
        Stream good = Stream.open(base, People.join(room, "good"), Stream.of(id))) {
      change("for both");
      bad.next("call", "title", "for both");
      Tables.write(
          database,
          """
          update call_participants set left_reported_at = now() + interval '1 minute',
            disconnect_reason = 'PARTICIPANT_REMOVED'
          where call_id = ?::uuid and participant_sid = 'PA_bad'\
          """,
          id);
      bad.ends();
      change("for the good");
      good.next("call", "title", "for the good");
      for (Told told = bad.poll(); told != null; told = bad.poll()) {
        assertFalse(told.data().contains("for the good"), told.data());
      }
    }
  }

  /** A token that names no call opens the newest one of its room, and those where one took part. */
  @Test
  void who_took_no_part_does_not_read_on_when_the_room_has_another_call() {
    join("PA_part", "part", null);
    try (Stream none = Stream.open(base, People.join(room, "none"), Stream.of(id));
        Stream part = Stream.open(base, People.join(room, "part"), Stream.of(id))) {
      change("for both");
      none.next("call", "title", "for both");
      Tables.write(
          database,
          """
          insert into voice_calls (room_sid, room_name, started_at)
          select 'RM_next' || ?, room_name, started_at + interval '1 second'
          from voice_calls where id = ?::uuid\
          """,
          id,
          id);
      change("for who took part");
      part.next("call", "title", "for who took part");
      none.ends();
      assertEquals(null, none.poll(), "nothing of it");
    }
  }

  @Test
  void a_stream_ends_with_its_token_and_goes_on_with_the_next() {
    long expired = Instant.now().getEpochSecond() - 57;
    String claims =
        "{\"role\":\"authenticated\",\"sub\":\"" + owner + "\",\"exp\":" + expired + "}";
    String token = Webhooks.jwt("{\"alg\":\"HS256\"}", claims, FreshDatabase.JWT_SECRET);
    try (Stream stream = Stream.open(base, token, Stream.ALL)) {
      stream.ends();
      change("while away");
      api.get(token, Stream.ALL).is(401, "unauthorized");
      try (Stream again = Stream.resume(base, People.user(owner), Stream.ALL, stream.lastId())) {
        again.next("call", "title", "while away");
      }
    }
  }

  @Test
  void methods_and_media_types_are_those_of_the_other_routes() {
    for (String path : List.of(Stream.ALL, Stream.of(id))) {
      api.send("POST", People.admin(), path, "{}").is(405, "method-not-allowed");
      assertEquals(200, api.send("HEAD", People.admin(), path, null).status());
      assertEquals(404, api.send("HEAD", People.admin(), Stream.of("none"), null).status());
      String allow =
          api.send("OPTIONS", null, path, null).is(204).headers().firstValue("allow").orElse("");
      assertEquals("GET, HEAD, OPTIONS", allow);
      api.send("GET", People.admin(), path, null, "Accept", "application/json")
          .is(406, "not-acceptable");
    }
    assertTrue(api.get(null, "/q/metrics").body().contains("voiceledger_live_readers"));
  }
}
