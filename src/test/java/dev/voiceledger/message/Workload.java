package dev.voiceledger.message;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.voiceledger.webhook.Webhooks;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/**
 * What writers of one rank say in a call: messages that are interim first, said again and edited;
 * and which of it must stand in the end, worked out here and not by what is tested.
 */
public final class Workload {
  private static final Comparator<Post> HOLDS =
      Comparator.comparing(Post::isFinal)
          .thenComparing(Post::second)
          .thenComparing((a, b) -> Arrays.compareUnsigned(bytes(a), bytes(b)));

  /** One post; of two with one segment the greater holds. */
  public record Post(
      String segment,
      boolean isFinal,
      int second,
      String content,
      int input,
      int output,
      BigDecimal cost) {

    public ObjectNode body() {
      ObjectNode body = Webhooks.JSON.createObjectNode().put("segment_id", segment);
      body.put("role", output > 20 ? "assistant" : "user").put("content", content);
      body.put("final", isFinal).put("cost_usd", cost);
      body.put("timestamp", "2026-11-23T12:%02d:%02dZ".formatted(second / 60, second % 60));
      return body.put("input_tokens", input).put("output_tokens", output);
    }
  }

  private final Random random;
  private final List<Post> posts = new ArrayList<>();

  /** So many messages: three in ten with interims, one in five said twice, one in twenty edited. */
  public Workload(Random random, String name, int messages) {
    this.random = random;
    for (int i = 0; i < messages; i++) {
      add(name + "_" + i);
    }
    Collections.shuffle(posts, random);
  }

  private static byte[] bytes(Post post) {
    return post.content().getBytes(UTF_8);
  }

  private void add(String segment) {
    int second = random.nextInt(1_800);
    for (int i = 0; random.nextInt(10) < 3 && i < 3; i++) {
      posts.add(post(segment, false, second + i));
    }
    Post said = post(segment, true, second + 5);
    posts.add(said);
    if (random.nextInt(5) == 0) {
      posts.add(said);
    }
    if (random.nextInt(20) == 0) {
      posts.add(post(segment, true, second + 60));
    }
  }

  private Post post(String segment, boolean isFinal, int second) {
    BigDecimal cost = BigDecimal.valueOf(random.nextInt(5_000), 6);
    String content = segment + " \u00E9 ".repeat(random.nextInt(30)) + random.nextInt(1_000);
    return new Post(
        segment, isFinal, second, content, random.nextInt(40), random.nextInt(40), cost);
  }

  public List<Post> posts() {
    return posts;
  }

  /** By segment, what must stand. */
  public static Map<String, Post> stands(Collection<Post> posts) {
    Map<String, Post> stands = new TreeMap<>();
    posts.forEach(
        post -> stands.merge(post.segment(), post, (a, b) -> HOLDS.compare(a, b) >= 0 ? a : b));
    return stands;
  }

  /** In the words of {@link Messages#totals}. */
  public static String totals(Collection<Post> stands) {
    long input = stands.stream().mapToLong(Post::input).sum();
    long output = stands.stream().mapToLong(Post::output).sum();
    BigDecimal cost =
        stands.stream().map(Post::cost).reduce(new BigDecimal("0.000000"), BigDecimal::add);
    BigDecimal cents = cost.movePointRight(2).setScale(0, java.math.RoundingMode.HALF_UP);
    return "%d|%d|%d|%d|%s|%s"
        .formatted(stands.size(), input + output, input, output, cost.toPlainString(), cents);
  }

  /** Lists of random lengths, as bodies for a call. */
  public static List<String> batches(Random random, String call, List<Post> posts, int max) {
    List<String> batches = new ArrayList<>();
    for (int from = 0, to; from < posts.size(); from = to) {
      to = Math.min(posts.size(), from + 1 + random.nextInt(max));
      ObjectNode body = Webhooks.JSON.createObjectNode().put("call_id", call);
      ArrayNode messages = body.putArray("messages");
      posts.subList(from, to).forEach(post -> messages.add(post.body()));
      batches.add(body.toString());
    }
    return batches;
  }
}
