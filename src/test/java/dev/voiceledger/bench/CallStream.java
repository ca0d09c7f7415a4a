package dev.voiceledger.bench;

import dev.voiceledger.load.Requests;
import dev.voiceledger.load.Shot.Kind;
import dev.voiceledger.webhook.TypicalCalls;
import dev.voiceledger.webhook.Webhooks;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * What all who are measured are sent: typical calls, wave after wave of as many at once, ten
 * webhooks and ten messages each, interleaved; two webhooks in a hundred come twice. Signed when
 * they are made, which must be less than five minutes before they are sent.
 *
 * <p>In each stretch the first half of one wave's webhooks comes beside the second half of the last
 * wave's and beside that one's messages, one by one.
 */
final class CallStream {
  static final int CALLS_A_WAVE = 250;
  static final int WEBHOOKS_A_CALL = 10;
  static final int MESSAGES_A_CALL = 10;

  /** Webhooks and messages of a wave, those that come twice left out. */
  static final int REQUESTS_A_WAVE = CALLS_A_WAVE * (WEBHOOKS_A_CALL + MESSAGES_A_CALL);

  private static final String MESSAGES = "/api/v1/voice/messages";
  private static final int HALF = WEBHOOKS_A_CALL / 2;
  private static final int TWICE_IN = 50;
  private static final long START = 1_760_000_000L;
  private static final String SAID =
      "Yes, I can move your appointment to Thursday at ten; shall I send you a confirmation? ";

  private final String prefix;
  private final String serviceToken;
  private int waves;

  record Item(Kind kind, byte[] request) {}

  /**
   * @param prefix of the rooms, so that no two streams have a call in common
   */
  CallStream(String prefix, String serviceToken) {
    this.prefix = prefix;
    this.serviceToken = serviceToken;
  }

  /** So many further waves; the last of them is whole only with {@link #last}. */
  List<List<Item>> waves(int count) {
    int first = waves;
    waves += count;
    return IntStream.range(first, waves).parallel().mapToObj(this::stretch).toList();
  }

  /** So many of the last waves were not sent, and are made again with the next. */
  void giveBack(int count) {
    waves -= count;
  }

  /** What is left of the last wave. */
  List<Item> last() {
    return woven(webhooks(waves - 1, false), messages(waves - 1));
  }

  int calls() {
    return waves * CALLS_A_WAVE;
  }

  private List<Item> stretch(int wave) {
    if (wave == 0) {
      return webhooks(0, true);
    }
    List<Item> webhooks = woven(webhooks(wave, true), webhooks(wave - 1, false));
    return woven(webhooks, messages(wave - 1));
  }

  private static List<Item> woven(List<Item> some, List<Item> others) {
    List<Item> all = new ArrayList<>(some.size() + others.size());
    for (int i = 0; i < Math.max(some.size(), others.size()); i++) {
      if (i < some.size()) {
        all.add(some.get(i));
      }
      if (i < others.size()) {
        all.add(others.get(i));
      }
    }
    return all;
  }

  private String sid(int wave, int call) {
    return "RM_" + prefix + "_" + (wave * CALLS_A_WAVE + call);
  }

  private List<Item> webhooks(int wave, boolean firstHalf) {
    List<List<Webhooks>> calls =
        IntStream.range(0, CALLS_A_WAVE)
            .mapToObj(call -> sid(wave, call))
            .map(sid -> TypicalCalls.call(sid, "room of " + sid))
            .map(call -> firstHalf ? call.subList(0, HALF) : call.subList(HALF, call.size()))
            .toList();
    List<Item> all = new ArrayList<>();
    Random random = new Random(wave);
    for (int step = 0; step < HALF; step++) {
      for (List<Webhooks> call : calls) {
        Item item = new Item(Kind.WEBHOOK, Requests.webhook(call.get(step).bytes()));
        all.add(item);
        if (random.nextInt(TWICE_IN) == 0) {
          all.add(item);
        }
      }
    }
    return all;
  }

  private List<Item> messages(int wave) {
    List<Item> all = new ArrayList<>();
    for (int number = 0; number < MESSAGES_A_CALL; number++) {
      for (int call = 0; call < CALLS_A_WAVE; call++) {
        String body = message(sid(wave, call), number);
        all.add(new Item(Kind.POST, Requests.post(serviceToken, MESSAGES, body)));
      }
    }
    return all;
  }

  /** A person says something, an assistant answers and costs something. */
  private static String message(String sid, int number) {
    boolean answer = number % 2 == 1;
    String said =
        """
        {"room_sid":"%s","segment_id":"SG_%d","role":"%s","content":"%s","input_modality":"voice",\
        "timestamp":"%s","provider":"openai","model_used":"gpt-4o-mini","input_tokens":%d,\
        "output_tokens":%d,"cost_usd":%s,"latency_ms":%d}\
        """;
    return said.formatted(
        sid,
        number,
        answer ? "assistant" : "user",
        SAID.repeat(1 + number % 3).strip(),
        java.time.Instant.ofEpochSecond(START + 3 + number),
        inputTokens(number),
        outputTokens(number),
        answer ? "0.000123" : "0",
        answer ? 420 : 0);
  }

  private static int inputTokens(int number) {
    return number % 2 == 1 ? 100 + 10 * number : 0;
  }

  private static int outputTokens(int number) {
    return number % 2 == 1 ? 20 + number : 0;
  }

  /** Of each call, when all its messages are there. */
  static int tokensOfACall() {
    return IntStream.range(0, MESSAGES_A_CALL).map(i -> inputTokens(i) + outputTokens(i)).sum();
  }
}
