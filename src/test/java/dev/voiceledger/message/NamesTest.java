package dev.voiceledger.message;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
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
import java.net.URI;
import java.sql.Connection;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a message is called: its id, its segment, both; and who may say so. */
@QuarkusTest
@WithTestResource(FreshDatabase.class)
@WithTestResource(LiveKitDouble.class)
class NamesTest {
  private static final String ROWS =
      """
      select concat_ws('|', id_given, segment_id, content, final, poster_rank) from voice_messages
      where call_id = ?::uuid order by 1\
      """;

  private static final String WAITS =
      """
      select count(*) from pg_stat_activity
      where application_name = 'voiceledger-ledger' and wait_event_type = 'Lock'\
      """;

  @TestHTTPResource URI base;
  LiveKitDouble livekit;
  TestDatabase database;

  private final String owner = People.somebody();
  private final String message = People.somebody();
  private Api api;
  private String id;
  private String room;

  @BeforeEach
  void begin() {
    api = new Api(base);
    anotherCall();
  }

  private void anotherCall() {
    JsonNode call = api.made(People.user(owner), "{}");
    id = call.get("id").asText();
    room = call.get("room_name").asText();
  }

  private String body(String names, String content) {
    return "{\"call_id\":\"%s\",%s\"role\":\"user\",\"content\":\"%s\"}"
        .formatted(id, names, content);
  }

  private String byId() {
    return "\"id\":\"" + message + "\",";
  }

  private static String bySegment(String segment) {
    return "\"segment_id\":\"" + segment + "\",";
  }

  private Answer post(String token, String names, String content) {
    return api.post(token, Messages.PATH, body(names, content));
  }

  private List<String> rows() {
    return Tables.texts(database, ROWS, id);
  }

  private static List<List<Integer>> orders() {
    return List.of(
        List.of(0, 1, 2),
        List.of(0, 2, 1),
        List.of(1, 0, 2),
        List.of(1, 2, 0),
        List.of(2, 0, 1),
        List.of(2, 1, 0));
  }

  @Test
  void an_id_and_a_segment_that_a_post_names_together_are_one_message_in_every_order() {
    List<String> names = List.of(byId(), bySegment("S"), byId() + bySegment("S"));
    Set<List<String>> ends = new HashSet<>();
    for (List<Integer> order : orders()) {
      for (boolean together : List.of(true, false)) {
        anotherCall();
        List<String> bodies = order.stream().map(i -> body(names.get(i), "text " + i)).toList();
        if (together) {
          String batch = "{\"messages\":[" + String.join(",", bodies) + "]}";
          api.post(People.service(), Messages.PATH, batch).is(201);
        } else {
          bodies.forEach(one -> post(one));
        }
        ends.add(rows());
        assertEquals(Messages.sums(database, id), Messages.totals(database, id));
        assertEquals(message, post(People.service(), byId(), "text 2").is(200).at("/id"));
        assertEquals(message, post(People.service(), bySegment("S"), "").is(200).at("/id"));
      }
    }
    assertEquals(Set.of(List.of("t|S|text 2|t|3")), ends);
  }

  private void post(String body) {
    assertTrue(api.post(People.service(), Messages.PATH, body).status() < 300);
  }

  @Test
  void a_message_is_edited_by_the_id_that_its_answer_gave() {
    String given = post(People.service(), bySegment("S"), "a").is(201).at("/id");
    String edit = "\"id\":\"" + given + "\",";
    assertEquals("b", post(People.service(), edit, "b").is(200).at("/content"));
    assertEquals(List.of("f|S|b|t|3"), rows());
  }

  @Test
  void an_id_of_one_segment_cannot_be_that_of_another() {
    post(People.service(), byId() + bySegment("S1"), "one").is(201);
    post(People.service(), byId() + bySegment("S2"), "two").is(409, "conflict");
    post(People.service(), bySegment("S2"), "two").is(201);
    post(People.service(), byId() + bySegment("S2"), "two").is(409, "conflict");
    assertEquals(List.of("f|S2|two|t|3", "t|S1|one|t|3"), rows());
  }

  /** As clients do that make an id for each request. */
  @Test
  void another_id_for_a_known_segment_is_the_same_message() {
    String first = post(People.service(), byId() + bySegment("S"), "a").is(201).at("/id");
    String other = "\"id\":\"" + People.somebody() + "\",";
    assertEquals(first, post(People.service(), other + bySegment("S"), "b").is(200).at("/id"));
    assertEquals(List.of("t|S|b|t|3"), rows());
  }

  @Test
  void a_guest_overwrites_no_agent_and_joins_none_of_its_messages() {
    String agent = People.agent(room, "agent");
    String guest = People.join(room, "guest");
    post(agent, byId(), "said by id").is(201);
    post(agent, bySegment("S"), "said by segment").is(201);
    assertEquals("said by id", post(guest, byId(), "zzz").is(200).at("/content"));
    Answer kept = post(guest, bySegment("S"), "zzz").is(200);
    assertEquals("said by segment", kept.at("/content"));
    assertEquals("agent:agent", kept.at("/posted_by"));
    post(guest, byId() + bySegment("S"), "zzz").is(409, "conflict");
    post(guest, byId() + bySegment("another"), "zzz").is(200);
    assertEquals(List.of("f|S|said by segment|t|3", "t|id:" + message + "|said by id|t|3"), rows());
  }

  @Test
  void the_higher_poster_holds_whoever_came_last() {
    String guest = People.join(room, "guest");
    String spoken = post(guest, bySegment("S"), "zzz").is(201).at("/participant_identity");
    assertEquals("guest", spoken);
    assertEquals("user:" + owner, at(People.user(owner), "m", "/posted_by"));
    assertEquals("m", at(guest, "zzz", "/content"));
    assertEquals("service", at(People.service(), "a", "/posted_by"));
    assertEquals("a", at(People.join(room, owner), "zzz", "/content"));
    assertEquals("agent:x", at(People.agent(room, "x"), "b", "/posted_by"));
  }

  private String at(String token, String content, String pointer) {
    return post(token, bySegment("S"), content).is(200).at(pointer);
  }

  /** Whoever may not post must not take a place in the group from whoever may. */
  @Test
  void who_is_only_invited_takes_nobody_s_place() {
    String invited = People.somebody();
    String guest = People.somebody();
    new LiveRooms(livekit, base).joined(room, guest);
    api.patch(People.user(owner), id, "{\"invited_user_ids\":[\"" + invited + "\"]}").is(200);
    for (int round = 0; round < 20; round++) {
      String segment = bySegment("S" + round);
      List<Supplier<Integer>> both = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        both.add(() -> post(People.user(invited), segment, "zzz").status());
        both.add(() -> post(People.user(guest), segment, "a").status());
      }
      List<Integer> statuses = Api.atOnce(both);
      for (int i = 0; i < statuses.size(); i++) {
        assertEquals(i % 2 == 0, statuses.get(i) == 404, statuses::toString);
      }
    }
    assertTrue(rows().stream().allMatch(row -> row.contains("|a|")), () -> rows().toString());
  }

  /** A writer by SQL has the segment in its hands, and commits while the ledger waits for it. */
  @Test
  void a_segment_that_somebody_else_is_writing_is_waited_for() throws Exception {
    try (Connection other = database.service();
        Statement sql = other.createStatement()) {
      other.setAutoCommit(false);
      sql.execute("set role service_role");
      sql.execute(
          """
          insert into voice_messages (call_id, segment_id, sequence_number, role, content)
            values ('%s', 'S', 1, 'user', 'by SQL')\
          """
              .formatted(id));
      CompletableFuture<Answer> posted =
          CompletableFuture.supplyAsync(() -> post(People.service(), bySegment("S"), "zzz"));
      while ("0".equals(Tables.text(database, WAITS)) && !posted.isDone()) {
        Thread.onSpinWait();
      }
      other.commit();
      posted.get().is(200);
    }
    assertEquals(List.of("t|S|by SQL|t|3"), rows(), "it says when it was said");
  }
}
