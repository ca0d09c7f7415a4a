package dev.voiceledger.message;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.voiceledger.FreshDatabase;
import dev.voiceledger.TestDatabase;
import dev.voiceledger.history.Api;
import dev.voiceledger.history.People;
import dev.voiceledger.history.Tables;
import dev.voiceledger.livekit.LiveKitDouble;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import java.net.URI;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * RELIABILITY D3 over HTTP: a message is no dearer as the 100,000th of its call than as the tenth.
 * Three interleaved runs; what each statement of the ledger took is printed too.
 */
@QuarkusTest
@WithTestResource(FreshDatabase.class)
@WithTestResource(LiveKitDouble.class)
class CostOfLengthTest {
  private static final int[] LENGTHS = {10, 1_000, 100_000};
  private static final int RUNS = 3;
  private static final int POSTS = 60;
  private static final double RATIO_MAX = 1.5;

  private static final String MESSAGES =
      """
      insert into voice_messages (call_id, segment_id, sequence_number, role, content, tokens_used)
        select ?::uuid, 'S' || n, n, 'user', 'what somebody said in this call', 3
        from generate_series(1, ?) n\
      """;

  private static final String STATEMENTS =
      """
      select format('%s %s ms, %s blocks', left(regexp_replace(query, '\\s+', ' ', 'g'), 30),
        round(mean_exec_time::numeric, 3), (shared_blks_hit + shared_blks_read) / calls)
      from pg_stat_statements where calls >= ? and query ~ 'voice_(calls|messages)'
        and dbid = (select oid from pg_database where datname = current_database())
      order by query\
      """;

  @TestHTTPResource URI base;
  TestDatabase database;

  @Test
  void a_message_is_no_dearer_in_a_long_call() {
    Api api = new Api(base);
    List<String> calls = new ArrayList<>();
    for (int length : LENGTHS) {
      calls.add(api.made(People.service(), "{}").get("id").asText());
      Tables.write(database, MESSAGES, calls.getLast(), length);
    }
    Tables.write(database, "vacuum analyze voice_messages");
    Tables.write(database, "create extension if not exists pg_stat_statements");
    medians(api, calls);
    double[] ratios = new double[RUNS];
    for (int run = 0; run < RUNS; run++) {
      long[] medians = medians(api, calls);
      ratios[run] = (double) medians[LENGTHS.length - 1] / medians[0];
      System.err.println("ns a message after 10, 1,000, 100,000: " + Arrays.toString(medians));
    }
    for (int i = 0; i < LENGTHS.length; i++) {
      Tables.texts(database, "select pg_stat_statements_reset()::text");
      for (int n = 0; n < POSTS; n++) {
        nanos(api, calls.get(i));
      }
      System.err.println("after " + LENGTHS[i] + " messages");
      Tables.texts(database, STATEMENTS, POSTS).forEach(System.err::println);
    }
    Arrays.sort(ratios);
    assertTrue(ratios[RUNS / 2] <= RATIO_MAX, Arrays.toString(ratios));
  }

  /** In turns, so that whatever else the machine does falls on all calls alike. */
  private static long[] medians(Api api, List<String> calls) {
    long[][] times = new long[LENGTHS.length][POSTS];
    for (int n = 0; n < POSTS; n++) {
      for (int i = 0; i < LENGTHS.length; i++) {
        times[i][n] = nanos(api, calls.get(i));
      }
    }
    return Arrays.stream(times).peek(Arrays::sort).mapToLong(it -> it[POSTS / 2]).toArray();
  }

  private static long nanos(Api api, String call) {
    String body =
        """
        {"call_id": "%s", "role": "user", "content": "one more thing", "input_tokens": 3}\
        """
            .formatted(call);
    long start = System.nanoTime();
    api.post(People.service(), dev.voiceledger.message.Messages.PATH, body).is(201);
    return System.nanoTime() - start;
  }
}
