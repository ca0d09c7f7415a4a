package dev.voiceledger.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.voiceledger.TestDatabase;
import dev.voiceledger.history.People;
import dev.voiceledger.history.Tables;
import dev.voiceledger.message.Messages;
import dev.voiceledger.message.Workload;
import dev.voiceledger.message.Workload.Post;
import dev.voiceledger.webhook.CallGenerator;
import dev.voiceledger.webhook.Oracle;
import dev.voiceledger.webhook.Rows;
import dev.voiceledger.webhook.Webhooks;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The mix of W1 with posts beside it: webhooks of many rooms, three in ten of them twice, in no
 * order; and messages of some of these rooms, by room sid, with interims, repeats and edits. Holds
 * the rows against the oracles of both.
 */
final class Mix {
  private static final int DUPLICATES_PERCENT = 30;
  private static final int POST_MAX = 10;

  private static final String RECEIVED =
      """
      select id || ' ' || floor(extract(epoch from received_at) * 1000000)::bigint
      from webhook_events where id like ?\
      """;

  private static final String STANDS =
      """
      select concat_ws('|', segment_id, content, final) from voice_messages
      where call_id = ?::uuid order by segment_id collate "C"\
      """;

  private final String prefix;
  private final Random random;
  final List<Webhooks> events;
  private final SortedMap<String, SortedMap<String, String>> rows;
  private final SortedMap<String, Workload> said = new TreeMap<>();
  private final List<Parcel> parcels = new ArrayList<>();

  /**
   * @param prefix of all names in it
   * @param rooms of which one in ten has so many messages
   */
  Mix(Random random, String prefix, int count, int rooms, int messages) {
    this.prefix = prefix;
    this.random = random;
    this.events = new CallGenerator(random.nextLong(), prefix).events(count, rooms);
    this.rows = Oracle.rows(events);
    events.forEach(event -> parcels.add(Parcel.of(event)));
    for (int i = 0; i < count * DUPLICATES_PERCENT / 100; i++) {
      parcels.add(parcels.get(random.nextInt(count)));
    }
    String token = People.service();
    rows.keySet().stream()
        .filter(row -> row.startsWith("call RM_") && row.endsWith("7"))
        .forEach(row -> talk(row.substring("call ".length()), messages, token));
    Collections.shuffle(parcels, random);
  }

  private void talk(String roomSid, int messages, String token) {
    Workload workload = new Workload(random, "S", messages);
    said.put(roomSid, workload);
    List<Post> posts = workload.posts();
    for (int from = 0, to; from < posts.size(); from = to) {
      to = Math.min(posts.size(), from + 1 + random.nextInt(POST_MAX));
      ObjectNode body = Webhooks.JSON.createObjectNode().put("room_sid", roomSid);
      ArrayNode list = body.putArray("messages");
      posts.subList(from, to).forEach(post -> list.add(post.body()));
      parcels.add(Parcel.post(roomSid + " post " + from, body.toString(), token));
    }
  }

  /** All of it, in the order in which it is to be sent. */
  List<Parcel> parcels() {
    return parcels;
  }

  /** So many different places in the list, in their order: where something is to happen. */
  List<Integer> places(int count) {
    return random
        .ints(parcels.size() / 20, parcels.size() * 9 / 10)
        .distinct()
        .limit(count)
        .sorted()
        .boxed()
        .toList();
  }

  @Override
  public String toString() {
    long posts = parcels.stream().filter(parcel -> !parcel.isWebhook()).count();
    return "%d events, %d of them sent twice, %d posts to %d calls"
        .formatted(events.size(), parcels.size() - posts - events.size(), posts, said.size());
  }

  /** Events of which the acknowledgement came before the row: lost, and stored by a repeat. */
  List<String> missing(TestDatabase database, Map<String, Instant> acknowledged) {
    Map<String, Long> received = new HashMap<>();
    for (String row : Tables.texts(database, RECEIVED, "EV\\_" + prefix + "%")) {
      String[] parts = row.split(" ");
      received.put(parts[0], Long.valueOf(parts[1]));
    }
    return acknowledged.entrySet().stream()
        .filter(one -> one.getKey().startsWith("EV_"))
        .filter(one -> received.getOrDefault(one.getKey(), Long.MAX_VALUE) > micros(one.getValue()))
        .map(one -> one.getKey() + " at " + one.getValue())
        .toList();
  }

  private static long micros(Instant at) {
    return at.getEpochSecond() * 1_000_000 + at.getNano() / 1_000;
  }

  /** All was sent at last, so all is there, once. */
  void assertEqualsOracle(TestDatabase database) {
    Rows.assertSame(rows, Rows.ofRooms(database, "RM_" + prefix + "%"));
    Rows.assertSame(
        Oracle.inbox(events, CallGenerator.SECRET), Rows.ofInbox(database, "EV_" + prefix + "%"));
    said.forEach((room, workload) -> assertSaid(database, room, workload.posts()));
  }

  private static void assertSaid(TestDatabase database, String room, Collection<Post> posts) {
    Map<String, Post> stands = Workload.stands(posts);
    String id = Tables.text(database, "select id from voice_calls where room_sid = ?", room);
    assertEquals(Workload.totals(stands.values()), Messages.totals(database, id), room);
    List<String> expected =
        stands.values().stream()
            .map(post -> post.segment() + "|" + post.content() + (post.isFinal() ? "|t" : "|f"))
            .toList();
    assertEquals(expected, Tables.texts(database, STANDS, id), room);
    Messages.assertWithoutGaps(database, id, stands.size());
  }
}
