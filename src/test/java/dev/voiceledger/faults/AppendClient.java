package dev.voiceledger.faults;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.voiceledger.faults.Asked.Appended;
import dev.voiceledger.faults.Asked.SeenCall;
import dev.voiceledger.faults.History.Outcome;
import dev.voiceledger.history.Api;
import dev.voiceledger.history.Api.Answer;
import dev.voiceledger.history.People;
import dev.voiceledger.message.Messages;
import dev.voiceledger.webhook.Webhooks;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.Set;

/** One of those who post, change and read the same few calls, and write down what came of it. */
final class AppendClient {
  private static final int TOGETHER_MAX = 3;
  private static final int PAGE = 200;

  private final String token = People.service();
  private final Api api;
  private final List<String> calls;
  private final Queue<Asked> log;
  private final Map<Integer, Integer> statuses;
  private final Random random;
  private final String name;
  private int values;

  /**
   * @param log written by all clients
   * @param statuses counted by all clients; 0 is no answer
   */
  AppendClient(
      String name,
      long seed,
      Api api,
      List<String> calls,
      Queue<Asked> log,
      Map<Integer, Integer> statuses) {
    this.name = name;
    this.random = new Random(seed);
    this.api = api;
    this.calls = calls;
    this.log = log;
    this.statuses = statuses;
  }

  /** Does so many things. */
  void work(int times) {
    for (int i = 0; i < times; i++) {
      String call = calls.get(random.nextInt(calls.size()));
      switch (random.nextInt(20)) {
        case 0, 1, 2, 3, 4, 5 -> post(call, 1, true);
        case 6 -> post(call, 2 + random.nextInt(TOGETHER_MAX - 1), true);
        case 7 -> post(call, 2, false);
        case 8, 9, 10, 11, 12 -> change(call, true);
        case 13 -> change(call, false);
        case 14, 15 -> readCall(call);
        case 16, 17 -> readCalls();
        default -> readMessages(call);
      }
    }
  }

  /** The end of it: all there is. */
  void readAll() {
    for (String call : calls) {
      readCall(call);
      readMessages(call);
    }
  }

  private String value() {
    return name + "-" + values++;
  }

  private void write(Outcome outcome, long began, Appended what, List<SeenCall> seen) {
    log.add(new Asked(outcome, began, System.nanoTime(), what, seen, Map.of()));
  }

  /** Each message of a list is by itself: a list is not said to be written at once. */
  private void post(String call, int messages, boolean good) {
    ObjectNode body = Webhooks.JSON.createObjectNode().put("call_id", call);
    ArrayNode list = body.putArray("messages");
    List<String> contents = new ArrayList<>();
    for (int i = 0; i < messages; i++) {
      contents.add(value());
      boolean refused = !good && i == messages - 1;
      list.addObject().put("role", refused ? "nobody" : "user").put("content", contents.get(i));
    }
    long began = System.nanoTime();
    Answer answer = answer("POST", Messages.PATH, body.toString());
    Outcome outcome = outcome(answer);
    contents.forEach(
        content -> write(outcome, began, new Appended(call, true, content), List.of()));
  }

  private void change(String call, boolean good) {
    String value = value();
    ObjectNode body = Webhooks.JSON.createObjectNode().put("title", value);
    body.putObject("metadata").put(value, 1);
    if (!good) {
      body.put("intent_payload", "no object");
    }
    long began = System.nanoTime();
    Answer answer = answer("PATCH", Api.CALLS + "/" + call, body.toString());
    Outcome outcome = outcome(answer);
    List<SeenCall> seen = outcome == Outcome.OK ? List.of(seen(answer.json())) : List.of();
    write(outcome, began, new Appended(call, false, value), seen);
  }

  private void readCall(String call) {
    long began = System.nanoTime();
    Answer answer = answer("GET", Api.CALLS + "/" + call, null);
    if (outcome(answer) == Outcome.OK) {
      write(Outcome.OK, began, Appended.NOTHING, List.of(seen(answer.json())));
    }
  }

  /** All of them in one statement, so that who came first can be told across calls. */
  private void readCalls() {
    long began = System.nanoTime();
    Answer answer = answer("GET", Api.CALLS + "?limit=" + PAGE, null);
    if (outcome(answer) == Outcome.OK) {
      List<SeenCall> seen = new ArrayList<>();
      answer.json().path("data").forEach(call -> seen.add(seen(call)));
      write(Outcome.OK, began, Appended.NOTHING, seen);
    }
  }

  private void readMessages(String call) {
    long began = System.nanoTime();
    Answer answer = answer("GET", Api.CALLS + "/" + call + "/messages?limit=" + PAGE, null);
    if (outcome(answer) == Outcome.OK) {
      if (answer.json().path("has_more").asBoolean()) {
        throw new IllegalStateException("too many messages for one page");
      }
      List<String> contents = answer.json().path("data").findValuesAsText("content");
      Map<String, List<String>> messages = Map.of(call, contents);
      log.add(
          new Asked(Outcome.OK, began, System.nanoTime(), Appended.NOTHING, List.of(), messages));
    }
  }

  private static SeenCall seen(JsonNode call) {
    Set<String> keys = new HashSet<>();
    call.path("metadata").fieldNames().forEachRemaining(keys::add);
    String title = call.path("title").asText(null);
    return new SeenCall(call.path("id").asText(), keys, title, call.path("message_count").asInt());
  }

  /** Null where none came. */
  private Answer answer(String method, String path, String body) {
    Answer answer = null;
    try {
      answer = api.send(method, token, path, body);
    } catch (IllegalStateException _) {
      // Nobody knows.
    }
    statuses.merge(answer == null ? 0 : answer.status(), 1, Integer::sum);
    return answer;
  }

  private static Outcome outcome(Answer answer) {
    return answer == null || answer.status() >= 500
        ? Outcome.UNKNOWN
        : answer.status() < 300 ? Outcome.OK : Outcome.FAILED;
  }
}
