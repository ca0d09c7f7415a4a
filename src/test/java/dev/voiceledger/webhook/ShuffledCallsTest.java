package dev.voiceledger.webhook;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.voiceledger.FreshDatabase;
import dev.voiceledger.TestDatabase;
import dev.voiceledger.webhook.Senders.Answers;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import java.net.URI;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** W1: nothing lost, nothing doubled, whatever the order and however often. */
@QuarkusTest
@WithTestResource(FreshDatabase.class)
class ShuffledCallsTest {
  private static final int EVENTS = 10_000;
  private static final int ROOMS = 500;
  private static final int DUPLICATES = EVENTS * 30 / 100;
  private static final int SENDERS = 16;

  TestDatabase database;

  @TestHTTPResource URI base;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void shuffled_and_repeated_events_leave_the_rows_of_the_oracle(long seed) {
    String prefix = "w1." + seed + ".";
    List<Webhooks> events = new CallGenerator(seed, prefix).events(EVENTS, ROOMS);
    Senders livekit = new Senders(base);
    List<byte[]> requests = shuffled(livekit.requests(events), seed);

    long start = System.nanoTime();
    Answers answers = livekit.send(requests, SENDERS);
    double seconds = (System.nanoTime() - start) / 1e9;

    System.err.printf(
        "seed %d: %d webhooks acknowledged in %.1f s, %.0f a second%n",
        seed, requests.size(), seconds, requests.size() / seconds);
    assertEquals(Map.of(200, EVENTS + DUPLICATES), answers.statuses);
    Rows.assertSame(Oracle.rows(events), Rows.ofRooms(database, "RM_" + prefix + "%"));
    Rows.assertSame(
        Oracle.inbox(events, CallGenerator.SECRET), Rows.ofInbox(database, "EV_" + prefix + "%"));
  }

  private static List<byte[]> shuffled(List<byte[]> requests, long seed) {
    Random random = new Random(seed);
    List<byte[]> all = new ArrayList<>(requests);
    for (int i = 0; i < DUPLICATES; i++) {
      all.add(requests.get(random.nextInt(requests.size())));
    }
    Collections.shuffle(all, random);
    return all;
  }
}
