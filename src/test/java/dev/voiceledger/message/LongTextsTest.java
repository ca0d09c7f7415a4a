package dev.voiceledger.message;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

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
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Long texts and large metadata cost nobody the service: no answer grows with all of them. */
@QuarkusTest
@WithTestResource(FreshDatabase.class)
@WithTestResource(LiveKitDouble.class)
class LongTextsTest {
  private static final int MESSAGES = 60;
  private static final int TEXT = 500_000;
  private static final int ANSWER_MAX = 20_000_000;
  private static final long READ_MAX = 16_777_216;

  private static final String LONG =
      """
      insert into voice_messages (call_id, segment_id, sequence_number, role, content, metadata)
        select ?::uuid, 'S' || n, n, 'user', case when n % 2 = 0 then repeat('x', %1$d) else '' end,
          case when n %% 2 = 1 then jsonb_build_object('a', repeat('x', %1$d)) else '{}' end
        from generate_series(1, %2$d) n\
      """;

  @TestHTTPResource URI base;
  TestDatabase database;

  private final String service = People.service();
  private Api api;
  private String id;

  @BeforeEach
  void begin() {
    api = new Api(base);
    id = api.made(People.user(People.somebody()), "{}").get("id").asText();
    String sql = LONG.replace("n % 2", "n %% 2").formatted(TEXT, MESSAGES);
    assertEquals(MESSAGES, Tables.write(database, sql, id));
  }

  @Test
  void a_page_of_long_texts_is_short_and_the_next_one_goes_on() {
    List<String> numbers = new ArrayList<>();
    String cursor = "";
    do {
      String path = "/messages?limit=200&cursor=" + cursor;
      Answer page = api.get(service, Api.CALLS + "/" + id + path).is(200);
      assertTrue(page.body().length() < 4 * TEXT, page.body().length() + " characters");
      page.json()
          .get("data")
          .forEach(message -> numbers.add(message.get("sequence_number").asText()));
      cursor = page.at("/next_cursor");
      assertEquals("" + (cursor != null), page.at("/has_more"));
    } while (cursor != null);
    assertEquals(Messages.numbers(database, id), numbers);
  }

  /** What stands under these segments holds against interims, and is a hundred times larger. */
  @Test
  void a_list_of_small_posts_is_not_answered_with_all_that_stands_there() {
    String posts =
        IntStream.rangeClosed(1, MESSAGES)
            .mapToObj(
                "{\"segment_id\":\"S%d\",\"final\":false,\"role\":\"user\",\"content\":\"\"}"
                    ::formatted)
            .collect(Collectors.joining(","));
    String body = "{\"call_id\":\"" + id + "\",\"messages\":[" + posts + "]}";
    Answer answer = api.post(service, Messages.PATH, body).is(200);
    assertTrue(answer.body().length() < ANSWER_MAX, answer.body().length() + " characters");
    int shown = answer.json().get("data").size();
    assertEquals(MESSAGES, shown + answer.json().get("refused").size());
    assertTrue(shown > 0);
    assertEquals("urn:voiceledger:problem:body-too-large", answer.at("/refused/0/type"));
  }

  @Test
  void one_message_that_is_named_often_is_read_once_and_shown_within_bounds() {
    String one = "{\"segment_id\":\"S2\",\"final\":false,\"role\":\"user\",\"content\":\"\"}";
    String posts = String.join(",", java.util.Collections.nCopies(400, one));
    String body = "{\"call_id\":\"" + id + "\",\"messages\":[" + posts + "]}";
    Answer answer = api.post(service, Messages.PATH, body).is(200);
    assertTrue(answer.body().length() < ANSWER_MAX, answer.body().length() + " characters");
  }

  /** What they clash with may be large too, and is not shown: it need not be read. */
  @Test
  void large_metadata_is_not_read_without_measure() {
    String other = People.somebody();
    String insert =
        """
        insert into voice_messages (call_id, id, segment_id, sequence_number, role, content,
            metadata)
          values (?::uuid, '%s', 'A', 1000, 'user', 'x',
            jsonb_build_object('a', repeat('\u8a9e', 262000)))\
        """
            .formatted(other);
    assertEquals(1, Tables.write(database, insert, id));
    assertEquals(0, read("'" + other + "'", "'s' || n"), "of those that clash");
    long bytes = read("null", "'A'::text");
    assertTrue(bytes > 0 && bytes <= READ_MAX, bytes + " bytes");
  }

  /** Bytes of what a group is answered in which 128 posts have these names. */
  private long read(String message, String segment) {
    String names = "(select array_agg(%s) from generate_series(1, 128) n)";
    String rows =
        PostedStore.ROWS
            .replace("$1", names.formatted("'" + id + "'::text"))
            .replace("$2", names.formatted(message + "::text"))
            .replace("$3", names.formatted(segment))
            .replaceAll("[$][4-7]", "null");
    String sum = "select coalesce(sum(octet_length(concat(content, metadata))), 0) from (%s) r";
    return Long.parseLong(Tables.text(database, sum.formatted(rows)));
  }
}
