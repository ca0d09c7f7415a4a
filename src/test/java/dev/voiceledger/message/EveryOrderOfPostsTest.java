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
import java.util.UUID;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** Whoever posts what in whichever order, alone or together: the rows are the same. */
@QuarkusTest
@WithTestResource(FreshDatabase.class)
@WithTestResource(LiveKitDouble.class)
class EveryOrderOfPostsTest {
  private static final int SEEDS = Integer.getInteger("orders.seeds", 8);
  private static final int ORDERS = 6;
  private static final int SERVICE = 1;
  private static final int BATCH_MAX = 9;
  private static final int POSTS = 40;

  /** What the posts decide; ids, numbers and times of our own are left out. */
  private static final String ROWS =
      """
      select concat_ws('|', segment_id, case when id_given then id end, role, content,
          input_modality, final, interrupted,
          case when timestamp_given then "timestamp"::text end, participant_identity, provider,
          input_tokens, output_tokens, tokens_used, cost_usd, latency_ms, metadata,
          regexp_replace(posted_by, ':.*', ''), poster_rank)
      from voice_messages where call_id = ?::uuid order by 1\
      """;

  @TestHTTPResource URI base;
  TestDatabase database;

  /** One post: what is said, and by whom of the four that may. */
  private record Said(ObjectNode body, int poster) {}

  private static List<Said> posts(Random random) {
    List<Said> all = new ArrayList<>();
    for (int i = 0; i < POSTS; i++) {
      ObjectNode body = Webhooks.JSON.createObjectNode();
      int poster = random.nextInt(4);
      name(body, random.nextInt(12), random.nextInt(4), poster);
      body.put("role", random.nextBoolean() ? "user" : "assistant");
      body.put("content", List.of("a", "ab", "b", "é", "\uD83D\uDE00", "").get(random.nextInt(6)));
      body.put("final", random.nextBoolean()).put("interrupted", random.nextBoolean());
      body.put("participant_identity", "p" + random.nextInt(2));
      if (random.nextBoolean()) {
        String nanos = List.of("5", "500000001", "500000002").get(random.nextInt(3));
        body.put("timestamp", "2026-11-23T12:00:0" + random.nextInt(3) + "." + nanos + "Z");
      }
      if (random.nextBoolean()) {
        body.put("input_tokens", random.nextInt(50)).put("output_tokens", random.nextInt(50));
        body.put("cost_usd", new java.math.BigDecimal("0.00" + random.nextInt(10_000)));
      }
      all.add(new Said(body, poster));
    }
    return all;
  }

  /** By its segment, its id, or both; what joins the two must come from nobody lesser. */
  private static void name(ObjectNode body, int message, int how, int poster) {
    boolean both = how == 0 && poster == SERVICE;
    if (how != 1 || both) {
      body.put("segment_id", "SG_" + message);
    }
    if (how == 1 || both) {
      body.put("id", new UUID(0x4000, message).toString());
    }
  }

  @Test
  void every_order_and_every_grouping_of_the_same_posts_leaves_the_same_rows() {
    Api api = new Api(base);
    for (int seed = 0; seed < SEEDS; seed++) {
      Random random = new Random(seed);
      List<Said> posts = posts(random);
      // Once for every message, so that no order is one in which a message has two rows at the end.
      for (int message = 0; message < 12; message++) {
        ObjectNode body = posts.get(message).body().deepCopy();
        name(body, message, 0, SERVICE);
        posts.add(new Said(body, SERVICE));
      }
      String owner = People.somebody();
      Set<String> ends = new HashSet<>();
      for (int order = 0; order < ORDERS; order++) {
        Collections.shuffle(posts, random);
        ends.add(posted(api, owner, posts, order, random));
      }
      assertEquals(1, ends.size(), "seed " + seed + ": " + ends);
    }
  }

  private String posted(Api api, String owner, List<Said> posts, int order, Random random) {
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
        order % 3 == 2
            ? lists(api, posters, id, posts, random)
            : posts.stream()
                .<Supplier<Integer>>map(said -> () -> post(api, posters, id, said))
                .toList();
    List<Integer> statuses =
        order % 3 == 1 ? all.stream().map(Supplier::get).toList() : Api.atOnce(all);
    assertTrue(statuses.stream().allMatch(status -> status < 300), statuses::toString);
    assertEquals(Messages.sums(database, id), Messages.totals(database, id));
    return String.join("\n", Tables.texts(database, ROWS, id));
  }

  private static int post(Api api, List<String> posters, String call, Said said) {
    ObjectNode body = said.body().deepCopy().put("call_id", call);
    return api.post(posters.get(said.poster()), Messages.PATH, body.toString()).status();
  }

  /** Each poster's posts in lists of random lengths. */
  private static List<Supplier<Integer>> lists(
      Api api, List<String> posters, String call, List<Said> posts, Random random) {
    List<Supplier<Integer>> all = new ArrayList<>();
    for (int poster = 0; poster < posters.size(); poster++) {
      String token = posters.get(poster);
      int own = poster;
      List<ObjectNode> bodies =
          posts.stream().filter(said -> said.poster() == own).map(Said::body).toList();
      for (int from = 0, to; from < bodies.size(); from = to) {
        to = Math.min(bodies.size(), from + 1 + random.nextInt(BATCH_MAX));
        ObjectNode list = Webhooks.JSON.createObjectNode().put("call_id", call);
        list.putArray("messages").addAll(bodies.subList(from, to));
        all.add(() -> api.post(token, Messages.PATH, list.toString()).status());
      }
    }
    return all;
  }
}
