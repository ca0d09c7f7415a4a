package dev.voiceledger.webhook;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.voiceledger.FreshDatabase;
import dev.voiceledger.TestDatabase;
import dev.voiceledger.livekit.LedgerRows;
import dev.voiceledger.livekit.Notebook;
import dev.voiceledger.livekit.WebhookCounts;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What a real LiveKit server posted, held against what was watched meanwhile. Each round has sids
 * and event ids of its own, so that all rounds fit into one database; nothing else of a body is
 * changed.
 */
@QuarkusTest
@WithTestResource(FreshDatabase.class)
class RecordedCallsTest {
  private static final Path FOLDER = Path.of("src/test/resources/webhooks");
  private static final String SIDS = "\"((?:RM|PA|TR|EV)_\\w+)\"";
  private static final int SENDERS = 8;
  private static final int REPEATS_MAX = 2;

  TestDatabase database;

  @TestHTTPResource URI base;

  @Test
  void in_the_order_in_which_they_came() throws Exception {
    List<byte[]> bodies = bodies("asrecorded");

    Map<String, Long> counts = post(bodies, 1);

    assertEquals(Map.of("applied", (long) bodies.size()), counts);
    new LedgerRows(database).assertTell(notebook("asrecorded"));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
  void in_any_order_and_any_number_of_times(int seed) throws Exception {
    String round = "shuffled" + seed;
    List<byte[]> bodies = bodies(round);
    List<byte[]> posts = shuffledWithRepeats(bodies, new Random(seed));

    // Odd rounds one by one, even ones many at once, which puts several into one group.
    Map<String, Long> counts = post(posts, seed % 2 == 0 ? SENDERS : 1);

    long repeats = posts.size() - bodies.size();
    assertEquals(Map.of("applied", (long) bodies.size(), "duplicate", repeats), counts);
    new LedgerRows(database).assertTell(notebook(round));
  }

  private static List<byte[]> shuffledWithRepeats(List<byte[]> bodies, Random random) {
    List<byte[]> posts = new ArrayList<>(bodies);
    for (byte[] body : bodies) {
      posts.addAll(Collections.nCopies(random.nextInt(REPEATS_MAX + 1), body));
    }
    Collections.shuffle(posts, random);
    return posts;
  }

  /** Posts with so many senders, and tells how the service counted. */
  private Map<String, Long> post(List<byte[]> posts, int senders) throws Exception {
    LiveKitSender livekit = new LiveKitSender(base);
    Map<String, Long> before = WebhookCounts.of(base);
    try (ExecutorService pool = Executors.newFixedThreadPool(senders)) {
      List<Future<Integer>> answers = new ArrayList<>();
      for (byte[] body : posts) {
        answers.add(pool.submit(() -> livekit.post(body)));
      }
      for (Future<Integer> answer : answers) {
        assertEquals(200, answer.get());
      }
    }
    return WebhookCounts.since(before, base);
  }

  private static List<byte[]> bodies(String round) throws IOException {
    return lines("all.jsonl", round).stream().map(line -> line.getBytes(UTF_8)).toList();
  }

  private static Notebook notebook(String round) throws IOException {
    return Notebook.of(lines("watched.jsonl", round));
  }

  private static List<String> lines(String file, String round) throws IOException {
    String recorded = Files.readString(FOLDER.resolve(file));
    return recorded.replaceAll(SIDS, "\"$1" + round + "\"").lines().toList();
  }
}
