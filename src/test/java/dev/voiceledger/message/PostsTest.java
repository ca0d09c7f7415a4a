package dev.voiceledger.message;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.voiceledger.FreshDatabase;
import dev.voiceledger.TestDatabase;
import dev.voiceledger.history.Api;
import dev.voiceledger.history.Api.Answer;
import dev.voiceledger.history.People;
import dev.voiceledger.history.Tables;
import dev.voiceledger.livekit.LiveKitDouble;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import java.net.URI;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who may post where, what comes back, and numbers under many writers. */
@QuarkusTest
@WithTestResource(FreshDatabase.class)
@WithTestResource(LiveKitDouble.class)
class PostsTest {
  private static final String MESSAGES = Messages.PATH;
  @TestHTTPResource URI base;
  TestDatabase database;

  private final String owner = People.somebody();
  private Api api;
  private JsonNode call;
  private String id;

  @BeforeEach
  void begin() {
    api = new Api(base);
    call = api.made(People.user(owner), "{}");
    id = call.get("id").asText();
  }

  private Answer post(String token, String fields) {
    return api.post(token, MESSAGES, "{\"call_id\":\"" + id + "\"," + fields + "}");
  }

  @Test
  void the_body_of_the_seed_s_route_works_as_it_stands() {
    Answer answer =
        api.post(
            People.user(owner),
            MESSAGES,
            """
            {"conversation_id": "%s", "role": "function", "content": "{}",
             "input_modality": "voice", "metadata": {"latency": 1.50}}\
            """
                .formatted(id));
    answer.is(201);
    assertEquals("1", answer.at("/sequence_number"));
    assertEquals("user:" + owner, answer.at("/posted_by"));
    assertTrue(answer.body().contains("1.50"), answer.body());
  }

  @Test
  void strangers_and_the_absent_get_one_answer() {
    String text = "\"role\":\"user\",\"content\":\"x\"";
    Answer stranger = post(People.user(People.somebody()), text).is(404, "call-not-found");
    String other = People.join("another room", "guest");
    assertEquals(stranger.body(), post(other, text).is(404, "call-not-found").body());
    id = People.somebody();
    assertEquals(stranger.body(), post(People.user(owner), text).is(404).body());
    assertEquals("0", Tables.text(database, COUNT, call.get("id").asText()));
  }

  private static final String COUNT = "select count(*) from voice_messages where call_id = ?::uuid";

  @Test
  void whoever_is_invited_reads_and_does_not_post() {
    String guest = People.somebody();
    api.patch(People.user(owner), id, "{\"invited_user_ids\":[\"" + guest + "\"]}").is(200);
    post(People.user(guest), "\"role\":\"user\",\"content\":\"x\"").is(404);
    api.get(People.user(guest), Api.CALLS + "/" + id + "/messages").is(200);
  }

  @Test
  void a_list_is_admitted_row_by_row() {
    Answer answer =
        api.post(
            People.service(),
            MESSAGES,
            """
            {"messages": [
              {"call_id": "%s", "role": "user", "content": "one"},
              {"call_id": "%s", "role": "user", "content": "lost"},
              {"room_sid": "%s", "role": "assistant", "content": "two"}]}\
            """
                .formatted(id, People.somebody(), call.get("room_sid").asText()));
    answer.is(201);
    assertEquals(2, answer.json().get("data").size());
    Answer read = api.get(People.user(owner), Api.CALLS + "/" + id + "/messages?limit=1").is(200);
    assertEquals("one", read.at("/data/0/content"));
    String next = Api.CALLS + "/" + id + "/messages?cursor=" + read.at("/next_cursor");
    assertEquals("two", api.get(People.user(owner), next).is(200).at("/data/0/content"));
  }

  /** What was written at first is not written again with what had to wait for its call. */
  @Test
  void of_a_service_s_list_each_message_is_there_once() {
    String erased = api.made(People.user(owner), "{}").get("room_sid").asText();
    Tables.write(database, "delete from voice_calls where room_sid = ?", erased);
    String list =
        """
        {"messages": [
          {"room_sid": "%1$s", "role": "user", "content": "one"},
          {"room_sid": "%2$s", "role": "user", "content": "of an untold room"},
          {"room_sid": "%3$s", "role": "user", "content": "erased"},
          {"room_sid": "%4$s", "role": "user", "content": "no name for a room"},
          {"room_sid": "%1$s", "role": "assistant", "content": "two"}]}\
        """
            .formatted(
                call.get("room_sid").asText(),
                "RM_untold" + id,
                erased,
                // More bytes than an index takes.
                "RM_"
                    + new java.util.Random(1)
                        .ints(1_000, 0x4e00, 0x9fff)
                        .mapToObj(Character::toString)
                        .collect(java.util.stream.Collectors.joining()));
    Answer answer = api.post(People.service(), MESSAGES, list).is(201);
    assertEquals(
        List.of("one", "of an untold room", "two"),
        answer.json().get("data").findValuesAsText("content"));
    assertEquals(
        List.of("2", "3"), answer.json().get("refused").findValuesAsText("index"), answer.body());
    assertEquals("2", Tables.text(database, COUNT, id));
  }

  @Test
  void a_repeat_is_200_and_a_taken_number_moves_to_the_next_free_one() {
    String text = "\"role\":\"user\",\"content\":\"x\"";
    String one = "\"id\":\"" + People.somebody() + "\"," + text;
    assertEquals("1", post(People.service(), one).is(201).at("/sequence_number"));
    assertEquals("1", post(People.service(), one).is(200).at("/sequence_number"));
    String named = "\"role\":\"user\",\"content\":\"y\",\"sequence_number\":";
    assertEquals("3", post(People.service(), named + 3).is(201).at("/sequence_number"));
    assertEquals("2", post(People.service(), named + 1).is(201).at("/sequence_number"));
    assertEquals("4", post(People.service(), named + 1).is(201).at("/sequence_number"));
    assertEquals("5", post(People.service(), text).at("/sequence_number"));
  }

  @Test
  void what_cannot_be_kept_is_named() {
    post(People.service(), "\"role\":\"user\",\"content\":\"a\\u0000\"").isWrong("/content");
    post(People.service(), "\"role\":\"user\",\"content\":\"\\ud83d\"").isWrong("/content");
    post(People.service(), "\"role\":\"user\"").isWrong("/content");
    post(People.service(), "\"role\":\"nobody\",\"content\":\"\"").isWrong("/role");
    api.post(People.service(), MESSAGES, "{\"role\":\"user\",\"content\":\"\"}")
        .isWrong("/call_id");
  }
}
