package dev.voiceledger.message;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.voiceledger.TestDatabase;
import dev.voiceledger.history.Tables;
import java.util.List;
import java.util.stream.IntStream;

/** What tests ask of a call's messages. */
public final class Messages {
  public static final String PATH = "/api/v1/voice/messages";

  private static final String TOTALS =
      """
      select concat_ws('|', message_count, total_tokens_used, input_tokens, output_tokens, cost_usd,
        cost_cents)
      from voice_calls where id = ?::uuid\
      """;

  private static final String SUMS =
      """
      select concat_ws('|', count(*), coalesce(sum(tokens_used), 0), coalesce(sum(input_tokens), 0),
        coalesce(sum(output_tokens), 0), coalesce(sum(cost_usd), 0.000000),
        round(100 * coalesce(sum(cost_usd), 0)))
      from voice_messages where call_id = ?::uuid\
      """;

  private static final String NUMBERS =
      "select sequence_number from voice_messages where call_id = ?::uuid order by 1";

  private Messages() {}

  /** What the call says of its messages. */
  public static String totals(TestDatabase database, String call) {
    return Tables.text(database, TOTALS, call);
  }

  /** The same, summed up from the messages. */
  public static String sums(TestDatabase database, String call) {
    return Tables.text(database, SUMS, call);
  }

  public static List<String> numbers(TestDatabase database, String call) {
    return Tables.texts(database, NUMBERS, call);
  }

  /** So many messages, numbered from 1 on. */
  public static void assertWithoutGaps(TestDatabase database, String call, int count) {
    assertEquals(count, assertWithoutGaps(database, call));
  }

  /** The messages are numbered from 1 on; answers how many. */
  public static int assertWithoutGaps(TestDatabase database, String call) {
    List<String> numbers = numbers(database, call);
    assertEquals(
        IntStream.rangeClosed(1, numbers.size()).mapToObj(String::valueOf).toList(), numbers);
    return numbers.size();
  }
}
