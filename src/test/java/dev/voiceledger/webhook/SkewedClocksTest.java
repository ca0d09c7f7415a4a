package dev.voiceledger.webhook;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.voiceledger.FreshDatabase;
import dev.voiceledger.TestDatabase;
import dev.voiceledger.webhook.Senders.Answers;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** W8: the clocks of others may be askew; nothing is refused for it and no duration is negative. */
@QuarkusTest
@WithTestResource(FreshDatabase.class)
class SkewedClocksTest {
  private static final long AT = 1_790_000_000L;
  private static final int HOUR = 3600;
  private static final int ROOMS = 300;
  private static final String NEGATIVE =
      """
      select (select count(*) from voice_calls where duration_seconds < 0)
        + (select count(*) from call_participants where duration_seconds < 0)
        + (select count(*) from call_recordings where duration_seconds < 0)\
      """;

  TestDatabase database;

  @TestHTTPResource URI base;

  @Test
  void clocks_an_hour_off_either_way_give_no_negative_duration() {
    Random random = new Random(8);
    List<Webhooks> events = new ArrayList<>();
    for (int i = 0; i < ROOMS; i++) {
      events.addAll(call("RM_w8." + i + ".", () -> AT + random.nextInt(2 * HOUR) - HOUR));
    }
    Collections.shuffle(events, random);
    Senders livekit = new Senders(base);

    Answers answers = livekit.send(livekit.requests(events), 16);

    assertEquals(Map.of(200, events.size()), answers.statuses);
    assertEquals("0", Sql.text(database, NEGATIVE));
    Rows.assertSame(Oracle.rows(events), Rows.ofRooms(database, "RM_w8.%"));
  }

  @Test
  void a_call_within_one_second_lasts_none() {
    List<Webhooks> events = call("RM_w8same", () -> AT);
    LiveKitSender livekit = new LiveKitSender(base);
    events.forEach(event -> assertEquals(200, livekit.post(event)));

    assertEquals("0", Rows.call(database, "RM_w8same").get("duration_seconds"));
    Rows.assertSame(Oracle.rows(events), Rows.ofRooms(database, "RM_w8same%"));
  }

  @Test
  void who_joined_later_in_the_second_than_it_is_said_to_have_left_stayed_no_time() {
    LiveKitSender livekit = new LiveKitSender(base);
    long joinedMs = AT * 1000 + 999;
    assertEquals(200, livekit.post(person("participant_joined", "RM_w8late", joinedMs, AT)));
    assertEquals(200, livekit.post(person("participant_left", "RM_w8late", joinedMs, AT)));
    assertEquals(200, livekit.post(Webhooks.roomFinished("RM_w8late", "w8", AT * 1000 + 998, AT)));

    Map<String, String> row =
        Rows.ofRooms(database, "RM_w8late").get("participant RM_w8late PA_ann");
    assertEquals("0", row.get("duration_seconds"));
    assertEquals(Long.toString(joinedMs), row.get("joined_at"));
    assertEquals(Long.toString(AT * 1000), row.get("left_at"));
    assertEquals("0", Rows.call(database, "RM_w8late").get("duration_seconds"));
    assertEquals("completed", Rows.call(database, "RM_w8late").get("status"));
  }

  @ParameterizedTest
  @CsvSource({"-355, -55", "0, 300", "55, 355", "55, 58"})
  void a_signature_within_the_minute_of_leeway_is_good(long nbf, long exp) {
    String sid = "RM_w8leeway" + nbf + exp;
    byte[] body = Webhooks.roomStarted(sid, "w8", AT * 1000, AT).bytes();

    assertEquals(200, new LiveKitSender(base).send(body, signed(body, nbf, exp)).statusCode());
    assertEquals("pending", Rows.call(database, sid).get("status"));
  }

  @ParameterizedTest
  @CsvSource({"-400, -65", "70, 355"})
  void a_signature_beyond_the_minute_of_leeway_is_not(long nbf, long exp) {
    byte[] body = Webhooks.roomStarted("RM_w8stale", "w8", AT * 1000, AT).bytes();

    assertEquals(401, new LiveKitSender(base).send(body, signed(body, nbf, exp)).statusCode());
    assertNull(Rows.call(database, "RM_w8stale"));
  }

  private static String signed(byte[] body, long nbf, long exp) {
    long now = Instant.now().getEpochSecond();
    String claims =
        """
        {"iss":"%s","nbf":%d,"exp":%d,"sha256":"%s"}\
        """
            .formatted(
                FreshDatabase.LIVEKIT_API_KEY,
                now + nbf,
                now + exp,
                Base64.getEncoder().encodeToString(Webhooks.sha256(body)));
    return Webhooks.jwt(
        "{\"alg\":\"HS256\",\"typ\":\"JWT\"}", claims, FreshDatabase.LIVEKIT_API_SECRET);
  }

  private interface Clock {
    long now();
  }

  private static List<Webhooks> call(String sid, Clock clock) {
    long createdMs = clock.now() * 1000 + 500;
    long joinedMs = clock.now() * 1000 + 600;
    Webhooks egress =
        Webhooks.egress("egress_ended", sid, "w8", "EG_1", "EGRESS_COMPLETE", clock.now());
    egress.egressInfo().put("startedAt", clock.now() + "000000000");
    egress.egressInfo().put("endedAt", clock.now() + "000000000");
    return List.of(
        Webhooks.roomStarted(sid, "w8", createdMs, clock.now()),
        person("participant_joined", sid, joinedMs, clock.now()),
        person("participant_left", sid, joinedMs, clock.now()),
        egress,
        Webhooks.roomFinished(sid, "w8", createdMs, clock.now()));
  }

  private static Webhooks person(String event, String sid, long joinedMs, long at) {
    return Webhooks.participant(event, sid, "w8", "PA_ann", "ann", joinedMs, at);
  }
}
