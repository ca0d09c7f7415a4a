package dev.voiceledger.message;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.voiceledger.FreshDatabase;
import dev.voiceledger.TestDatabase;
import dev.voiceledger.history.Api;
import dev.voiceledger.history.People;
import dev.voiceledger.history.Tables;
import dev.voiceledger.livekit.LiveKitDouble;
import dev.voiceledger.webhook.Webhooks;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import java.net.URI;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Whoever posts what in whichever order, alone or together: the rows are the same. */
@QuarkusTest
@WithTestResource(FreshDatabase.class)
@WithTestResource(LiveKitDouble.class)
class EveryOrderOfPostsTest {
  private static final String MESSAGES = "/api/v1/voice/messages";
  private static final int SEEDS = 6;
  private static final int ORDERS = 8;
  private static final int POSTS = 40;

  /** What the posts decide; ids, numbers and times of our own are left out. */
  private static final String ROWS =
      """
      select concat_ws('|', segment_id, role, content, input_modality, final, interrupted,
          case when timestamp_given then "timestamp"::text end, participant_identity, provider,
          input_tokens, output_tokens, tokens_used, cost_usd, latency_ms, metadata,
          regexp_replace(posted_by, ':.*', ''), poster_rank)
      from voice_messages where call_id = ?::uuid order by 1\
      """;

  private static final String TOTALS =
      """
      select concat_ws('|', message_count, total_tokens_used, input_tokens, output_tokens, cost_usd)
      from voice_calls where id = ?::uuid\
      """;

  private static final String SUMS =
      """
      select concat_ws('|', count(*), coalesce(sum(tokens_used), 0), coalesce(sum(input_tokens), 0),
        coalesce(sum(output_tokens), 0), coalesce(sum(cost_usd), 0.000000))
      from voice_messages where call_id = ?::uuid\
      """;

  private static final String NUMBERS =
      "select sequence_number from voice_messages where call_id = ?::uuid order by 1";

  @TestHTTPResource URI base;
  TestDatabase database;

  /** One post: what is said, and by whom of the four that may. */
  private record Said(ObjectNode body, int poster) {}

  private static List<Said> posts(Random random) {
    List<Said> all = new ArrayList<>();
    for (int i = 0; i < POSTS; i++) {
      ObjectNode body = Webhooks.JSON.createObjectNode();
      body.put("segment_id", "SG_" + random.nextInt(12));
      body.put("role", random.nextBoolean() ? "user" : "assistant");
      body.put("content", List.of("a", "ab", "b", "é", "\uD83D\uDE00", "").get(random.nextInt(6)));
      body.put("final", random.nextBoolean()).put("interrupted", random.nextBoolean());
      body.put("participant_identity", "p" + random.nextInt(2));
      if (random.nextBoolean()) {
        body.put("timestamp", "2026-11-23T12:00:0" + random.nextInt(3) + ".5Z");
      }
      if (random.nextBoolean()) {
        body.put("input_tokens", random.nextInt(50)).put("output_tokens", random.nextInt(50));
        body.put("cost_usd", new java.math.BigDecimal("0.00" + random.nextInt(10_000)));
      }
      all.add(new Said(body, random.nextInt(4)));
    }
    return all;
  }

  @Test
  void every_order_and_every_grouping_of_the_same_posts_leaves_the_same_rows() {
    Api api = new Api(base);
    for (int seed = 0; seed < SEEDS; seed++) {
      Random random = new Random(seed);
      List<Said> posts = posts(random);
      String owner = People.somebody();
      Set<String> ends = new HashSet<>();
      for (int order = 0; order < ORDERS; order++) {
        Collections.shuffle(posts, random);
        ends.add(posted(api, owner, posts, order));
      }
      assertEquals(1, ends.size(), "seed " + seed + ": " + ends);
    }
  }

  private String posted(Api api, String owner, List<Said> posts, int order) {
    JsonNode call = api.made(People.user(owner), "{}");
    String id = call.get("id").asText();
    String room = call.get("room_name").asText();
    List<String> posters =
        List.of(
            People.user(owner),
            People.service(),
            People.join(room, "guest"),
            People.join(room, owner));
    List<Supplier<Integer>> all =
        posts.stream().<Supplier<Integer>>map(said -> () -> post(api, posters, id, said)).toList();
    List<Integer> statuses =
        order % 2 == 0 ? Api.atOnce(all) : all.stream().map(Supplier::get).toList();
    assertTrue(statuses.stream().allMatch(status -> status < 300), statuses::toString);
    assertEquals(Tables.text(database, SUMS, id), Tables.text(database, TOTALS, id));
    List<String> numbers = Tables.texts(database, NUMBERS, id);
    assertEquals(
        IntStream.rangeClosed(1, numbers.size()).mapToObj(String::valueOf).toList(), numbers);
    return String.join("\n", Tables.texts(database, ROWS, id));
  }

  private static int post(Api api, List<String> posters, String call, Said said) {
    ObjectNode body = said.body().deepCopy().put("call_id", call);
    return api.post(posters.get(said.poster()), MESSAGES, body.toString()).status();
  }
}
