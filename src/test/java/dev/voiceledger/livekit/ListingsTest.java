package dev.voiceledger.livekit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.voiceledger.FreshDatabase;
import dev.voiceledger.platform.LiveKitKeys;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is listed is whole or a failure, and asked for with no more rights than it takes. */
class ListingsTest {
  private static final Duration WAIT_MAX = Duration.ofSeconds(20);

  private Vertx vertx;
  private LiveKitDouble server;
  private Listings listings;

  @BeforeEach
  void start() {
    vertx = Vertx.vertx();
    server = LiveKitDouble.started();
    LiveKitKeys keys =
        new LiveKitKeys(
            FreshDatabase.LIVEKIT_API_KEY, FreshDatabase.LIVEKIT_API_SECRET, Optional.empty());
    Signer signer = new Signer(keys, InstantSource.system());
    listings = new Listings(new Twirp(vertx, signer, server.url()));
  }

  @AfterEach
  void stop() {
    server.close();
    vertx.close();
  }

  private static <T> T await(Uni<T> answer) {
    return answer.await().atMost(WAIT_MAX);
  }

  @Test
  void rooms_people_and_egresses_are_as_livekit_has_them() {
    ObjectNode room = server.rooms.open("one");
    server.rooms.open("two");
    ObjectNode ada = server.rooms.join("one", "ada");
    RoomsInMemory.microphone(ada);
    JsonNode egress = server.rooms.record("EG_1", room.path("sid").asText(), "EGRESS_ACTIVE");
    JsonNode over = server.rooms.record("EG_2", "RM_x", "EGRESS_COMPLETE");

    assertEquals(2, await(listings.rooms()).size());
    ObjectNode known = room.deepCopy();
    known.remove(List.of("enabled_codecs", "turn_password"));
    assertEquals(List.of(known), await(listings.rooms(List.of("one", "none"))));
    assertEquals(List.of(ada), await(listings.participants("one")).items());
    assertEquals(List.of(), await(listings.participants("none")).items());
    assertEquals(List.of(egress), await(listings.activeEgresses()));
    assertEquals(List.of(over), await(listings.egress("EG_2")));
    assertEquals(List.of(), await(listings.egress("EG_3")));
  }

  @Test
  void each_listing_is_allowed_what_it_asks_and_no_more() {
    await(listings.rooms());
    await(listings.participants("one"));
    await(listings.activeEgresses());

    List<String> grants =
        server.asked().stream().map(asked -> asked.claims().path("video").toString()).toList();
    assertEquals(
        List.of(
            "{\"roomList\":true}",
            "{\"roomAdmin\":true,\"room\":\"one\"}",
            "{\"roomRecord\":true}"),
        grants);
  }

  @Test
  void a_list_that_is_none_is_a_failure() {
    for (String answer :
        List.of(
            "{}",
            "{\"rooms\":{}}",
            "[]",
            "{\"rooms\":null}",
            "{\"rooms\":[1]}",
            "{\"rooms\":[]} x")) {
      server.answers(200, answer);
      assertThrows(LiveKitFailure.class, () -> await(listings.rooms()), answer);
    }
    server.answers(404, RoomsInMemory.NOT_FOUND);
    assertThrows(LiveKitFailure.class, () -> await(listings.rooms()), "rooms are never not found");
  }

  @Test
  void a_list_that_is_too_long_says_so() {
    server.hugeAnswers();
    assertTrue(assertThrows(LiveKitFailure.class, () -> await(listings.rooms())).isTooLong());
    server.answers(500, "");
    assertFalse(assertThrows(LiveKitFailure.class, () -> await(listings.rooms())).isTooLong());
  }
}
