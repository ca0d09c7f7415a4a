package dev.voiceledger.join;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import dev.voiceledger.FreshDatabase;
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
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The API and LiveKit's webhooks tell of one room at once, in any order, and meet on one row. */
@QuarkusTest
@WithTestResource(FreshDatabase.class)
@WithTestResource(LiveKitDouble.class)
class OneRowTest {
  private static final long CREATED_MS = 1_790_000_000_123L;
  private static final long AT = 1_790_000_000L;
  private static final int ROUNDS = 50;

  /** All that a call and its participant are, but for what the server gave and the room's names. */
  private static final String ROW =
      """
      select jsonb_build_object('call', to_jsonb(c)
          - '{id,session_id,room_sid,room_name,user_id,opened_by}'::text[]
          - '{created_at,updated_at,room_info_key}'::text[],
        'owner', c.opened_by = 'user:' || c.user_id,
        'people', (select jsonb_agg(to_jsonb(p)
            - '{call_id,participant_sid,created_at,updated_at,info_key}'::text[])
          from call_participants p where p.call_id = c.id),
        'access', (select jsonb_agg(to_jsonb(a) - '{user_id,call_id}'::text[])
          from call_access a where a.call_id = c.id))::text
      from voice_calls c where c.room_sid = ?\
      """;

  @TestHTTPResource URI base;
  LiveKitDouble livekit;
  TestDatabase database;

  private Api api;
  private LiveKitSender sender;

  @BeforeEach
  void begin() {
    api = new Api(base);
    sender = new LiveKitSender(base);
    livekit.works();
  }

  private static List<Webhooks> events(String name, String sid) {
    return List.of(
        Webhooks.roomStarted(sid, name, CREATED_MS, AT),
        Webhooks.participant(
            "participant_joined", sid, name, "PA_1", "a guest", CREATED_MS + 2_000, AT + 3));
  }

  private JsonNode create() {
    return api.made(
        People.user(People.somebody()),
        "{\"title\":\"t\",\"metadata\":{\"a\":1},\"agent_name\":\"g\"}");
  }

  private String row(String sid) {
    List<String> rows = Tables.texts(database, ROW, sid);
    assertEquals(1, rows.size());
    return rows.getFirst();
  }

  /** The webhooks, once the room is there and before LiveKit has answered whoever makes it. */
  private Supplier<String> webhooksMeanwhile(Set<String> before, int pauseMs) {
    return () -> {
      Set<String> names;
      do {
        names = new HashSet<>(livekit.rooms().keySet());
        names.removeAll(before);
      } while (names.isEmpty());
      String name = names.iterator().next();
      sleep(pauseMs);
      events(name, livekit.rooms().get(name)).forEach(e -> assertEquals(200, sender.post(e)));
      return livekit.rooms().get(name);
    };
  }

  private static void sleep(int ms) {
    try {
      Thread.sleep(ms);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Pauses around LiveKit's answer make webhooks come before, with and after the row. */
  private String round(int slowMs, int pauseMs) {
    Set<String> before = livekit.rooms().keySet();
    livekit.slow(Duration.ofMillis(slowMs));
    Supplier<String> post = () -> create().get("room_sid").textValue();
    List<String> sids = Api.atOnce(List.of(post, webhooksMeanwhile(before, pauseMs)));
    assertEquals(sids.get(0), sids.get(1));
    return row(sids.get(0));
  }

  @Test
  void whichever_is_first_the_rows_are_the_same() {
    Set<String> rows = new HashSet<>();
    JsonNode call = create();
    String sid = call.get("room_sid").textValue();
    events(call.get("room_name").textValue(), sid).forEach(sender::post);
    rows.add(row(sid)); // the API first
    rows.add(round(400, 0)); // the webhooks first
    for (int i = 0; i < ROUNDS; i++) { // all at once
      rows.add(round(20, i % 40));
    }
    assertEquals(1, rows.size(), () -> String.join("\n", new ArrayList<>(rows)));
  }
}
