package dev.voiceledger.report;

import static dev.voiceledger.report.Fixtures.PATH;
import static dev.voiceledger.report.Fixtures.freshSid;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.voiceledger.FreshDatabase;
import dev.voiceledger.Permutations;
import dev.voiceledger.TestDatabase;
import dev.voiceledger.history.Api;
import dev.voiceledger.history.People;
import dev.voiceledger.history.Tables;
import dev.voiceledger.livekit.LiveKitDouble;
import dev.voiceledger.webhook.LiveKitSender;
import dev.voiceledger.webhook.Webhooks;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Webhooks, posts, recordings and reports of one call in every order leave the same rows. */
@QuarkusTest
@WithTestResource(FreshDatabase.class)
@WithTestResource(LiveKitDouble.class)
class EveryOrderOfReportsTest {
  private static final String ITEM =
      """
      {"id":"item_%s","type":"message","role":"user","content":["said"],"created_at":1764150000.5,
       "extra":{"of":"%s"}}\
      """;

  private static final String USAGE =
      """
      {"type":"llm_usage","provider":"p","model":"m","input_tokens":%d,"output_tokens":2},
      {"type":"tts_usage","provider":"p","model":"m","characters_count":%d}\
      """;

  /** Without ids, numbers and times of our own. */
  private static final String ROWS =
      """
      select string_agg(line, chr(10) order by line) from (
        select concat_ws('|', 'call', status, completeness, message_count, input_tokens,
          output_tokens, total_tokens_used, agent_reported, recording_open) as line
        from voice_calls where room_sid = $1
        union all
        select concat_ws('|', 'message', m.segment_id, m.content, m."timestamp", m.metadata)
        from voice_messages m join voice_calls c on c.id = m.call_id where c.room_sid = $1
        union all
        select concat_ws('|', 'usage', u.source, u.type, u.input_tokens, u.characters_count,
          u.reported_at, u.report_digest)
        from call_usage u join voice_calls c on c.id = u.call_id where c.room_sid = $1) l\
      """;

  @TestHTTPResource URI base;
  TestDatabase database;
  private Api api;
  private LiveKitSender livekit;
  private final long now = Instant.now().getEpochSecond();

  @BeforeEach
  void begin() {
    api = new Api(base);
    livekit = new LiveKitSender(base);
  }

  private int report(String sid, String who, double at, int tokens) {
    String body =
        Fixtures.report(sid, ITEM.formatted(who, who), USAGE.formatted(tokens, tokens))
            .replace("1764150021.5", "" + at);
    return api.post(People.service(), PATH, body).status();
  }

  private int egress(String sid, String status, long at) {
    String event = status.equals("EGRESS_COMPLETE") ? "egress_ended" : "egress_updated";
    return livekit.post(Webhooks.egress(event, sid, "every", "EG_1", status, at));
  }

  private List<IntSupplier> steps(String sid) {
    long createdMs = now * 1000 - 60_000;
    return List.of(
        () -> livekit.post(Webhooks.roomFinished(sid, "every", createdMs, now)),
        () -> egress(sid, "EGRESS_ACTIVE", now - 20),
        () -> egress(sid, "EGRESS_COMPLETE", now - 1),
        () -> report(sid, "one", 1764150021.5, 10),
        () -> report(sid, "two", 1764150099.25, 20));
  }

  private String rows(String sid) {
    return Tables.text(database, ROWS.replace("$1", "'" + sid + "'"));
  }

  @Test
  void every_order_leaves_the_same_rows() {
    TreeSet<String> ends = new TreeSet<>();
    List<Supplier<String>> calls = new ArrayList<>();
    for (List<Integer> order : Permutations.of(5)) {
      calls.add(() -> {
        String sid = freshSid();
        for (int step : order) {
          int status = steps(sid).get(step).getAsInt();
          assertTrue(status == 200 || status == 201, order + ": " + status);
        }
        return rows(sid);
      });
    }
    for (int i = 0; i < calls.size(); i += 8) {
      ends.addAll(Api.atOnce(calls.subList(i, Math.min(i + 8, calls.size()))));
    }
    assertEquals(1, ends.size(), () -> String.join("\n---\n", ends));
    assertTrue(ends.first().contains("call|failed|complete|2|20|2|22|t|f"), ends.first());
  }

  @Test
  void at_once_they_leave_the_same_rows_too() {
    TreeSet<String> ends = new TreeSet<>();
    for (int i = 0; i < 10; i++) {
      String sid = freshSid();
      List<Supplier<Integer>> all = new ArrayList<>();
      steps(sid).forEach(step -> all.add(step::getAsInt));
      Api.atOnce(all).forEach(status -> assertTrue(status == 200 || status == 201, "" + status));
      ends.add(rows(sid));
    }
    assertEquals(1, ends.size(), () -> String.join("\n---\n", ends));
  }
}
