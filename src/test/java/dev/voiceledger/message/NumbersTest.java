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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Places that posters name, beside those that the server gives; and totals without end. */
@QuarkusTest
@WithTestResource(FreshDatabase.class)
@WithTestResource(LiveKitDouble.class)
class NumbersTest {
  private static final int BLOCKS_MAX = 5_000;
  private static final int WRITERS = 8;
  private static final int BATCHES = 5;

  private static final String MANY =
      """
      insert into voice_messages (call_id, sequence_number, role, content)
        select ?::uuid, n, 'user', 'x' from generate_series(1, 100000) n\
      """;

  private static final String BLOCKS =
      """
      select (shared_blks_hit + shared_blks_read) / calls from pg_stat_statements
      where query like 'with a as materialized%insert into voice_messages%'
        and dbid = (select oid from pg_database where datname = current_database())\
      """;

  @TestHTTPResource URI base;
  TestDatabase database;

  private final String owner = People.user(People.somebody());
  private final String service = People.service();
  private Api api;
  private String id;

  @BeforeEach
  void begin() {
    api = new Api(base);
    JsonNode call = api.made(owner, "{}");
    id = call.get("id").asText();
  }

  private Answer posted(Integer... numbers) {
    String messages =
        Arrays.stream(numbers)
            .map("{\"role\":\"user\",\"content\":\"x\",\"sequence_number\":%s}"::formatted)
            .collect(Collectors.joining(","));
    String batch = "{\"call_id\":\"" + id + "\",\"messages\":[" + messages + "]}";
    return api.post(service, Messages.PATH, batch);
  }

  private List<Integer> places(Integer... numbers) {
    List<Integer> places = new ArrayList<>();
    posted(numbers)
        .is(201)
        .json()
        .get("data")
        .forEach(message -> places.add(message.get("sequence_number").asInt()));
    return places;
  }

  @Test
  void named_numbers_go_before_those_that_are_given_and_step_over_what_is_taken() {
    assertEquals(List.of(5, 7, 6, 8, 0), places(5, null, 5, null, 0));
    assertEquals(List.of(1, 2, 9, 3), places(0, 0, 5, 3));
    assertEquals(List.of(10, 4), places(null, 4));
    assertEquals(
        List.of("0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10"),
        Messages.numbers(database, id));
    Answer read = api.get(owner, Api.CALLS + "/" + id + "/messages?limit=1").is(200);
    assertEquals("0", read.at("/data/0/sequence_number"));
  }

  @Test
  void the_largest_number_that_can_be_named_blocks_nobody() {
    assertEquals(List.of(1_000_000_000), places(1_000_000_000));
    assertEquals(
        List.of(1_000_000_001, 1_000_000_003, 1_000_000_002),
        places(1_000_000_000, null, 1_000_000_000));
    posted(1_000_000_001).isWrong("/messages/0/sequence_number");
    posted(-1).isWrong("/messages/0/sequence_number");
  }

  @Test
  void past_the_last_number_the_answer_is_clear_and_others_are_written() {
    String other = api.made(owner, "{}").get("id").asText();
    Tables.write(
        database,
        "insert into voice_messages (call_id, sequence_number, role, content)"
            + " values (?::uuid, 2147483647, 'user', 'x')",
        id);
    String message = "{\"call_id\":\"%s\",\"role\":\"user\",\"content\":\"x\"}";
    api.post(service, Messages.PATH, message.formatted(id)).is(400, "invalid-fields");
    String both = message.formatted(id) + "," + message.formatted(other);
    Answer answer = api.post(service, Messages.PATH, "{\"messages\":[" + both + "]}").is(201);
    assertEquals(other, answer.at("/data/0/call_id"));
    assertEquals("0", answer.at("/refused/0/index"));
    assertEquals("urn:voiceledger:problem:invalid-fields", answer.at("/refused/0/type"));
  }

  @Test
  void writers_that_name_numbers_never_collide() {
    List<Supplier<Integer>> writers =
        Collections.nCopies(
            WRITERS,
            () ->
                IntStream.range(0, BATCHES)
                    .map(i -> posted(1, null, 3, null, 1 + i, null).status())
                    .max()
                    .orElseThrow());
    assertTrue(Api.atOnce(writers).stream().allMatch(status -> status == 201));
    Messages.assertWithoutGaps(database, id, WRITERS * BATCHES * 6);
  }

  /** Counted in blocks that the statement touches, which no other load can change. */
  @Test
  void the_next_free_number_of_a_long_call_is_found_without_reading_the_call() {
    Tables.write(database, MANY, id);
    Tables.write(database, "create extension if not exists pg_stat_statements");
    Tables.texts(database, "select pg_stat_statements_reset()::text");
    assertEquals(List.of(100_001, 100_002), places(1, 1));
    assertEquals(List.of(100_003, 100_004), places(99_990, null));
    long blocks = Long.parseLong(Tables.text(database, BLOCKS));
    System.err.println("blocks for a number that is taken, after 100,000: " + blocks);
    assertTrue(blocks < BLOCKS_MAX, blocks + " blocks");
    Tables.write(database, "delete from voice_messages where sequence_number = 500");
    assertEquals(List.of(500), places(1));
  }

  /** 300 at the bounds of what a message may say; an integer would hold 214 of them. */
  @Test
  void no_total_is_too_large_to_be_kept() {
    String message =
        """
        {"role": "user", "content": "x", "tokens_used": 10000000, "input_tokens": 10000000,
         "output_tokens": 10000000, "cost_usd": 10000}\
        """;
    String batch = String.join(",", Collections.nCopies(300, message));
    String body = "{\"call_id\":\"" + id + "\",\"messages\":[" + batch + "]}";
    api.post(service, Messages.PATH, body).is(201);
    assertEquals(Messages.sums(database, id), Messages.totals(database, id));
    api.end(owner, id).is(200);
    Answer call = api.get(owner, Api.CALLS + "/" + id).is(200);
    assertEquals("3000000000", call.at("/total_tokens_used"));
    assertEquals("300000000", call.at("/cost_cents"));
    Tables.texts(database, "select voiceledger.refresh_figures(1000)");
    String sorted = Api.CALLS + "?sort=-total_tokens_used&min_cost=2999999";
    assertEquals(id, api.get(owner, sorted).is(200).at("/data/0/id"));
  }
}
