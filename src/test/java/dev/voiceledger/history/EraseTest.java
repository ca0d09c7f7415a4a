package dev.voiceledger.history;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.voiceledger.FreshDatabase;
import dev.voiceledger.TestDatabase;
import dev.voiceledger.history.Api.Answer;
import dev.voiceledger.livekit.LiveKitDouble;
import dev.voiceledger.webhook.Webhooks;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import java.net.URI;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** {@code DELETE}: a receipt, and nothing of the call anywhere, whatever comes later. */
@QuarkusTest
@WithTestResource(FreshDatabase.class)
@WithTestResource(LiveKitDouble.class)
class EraseTest {
  @TestHTTPResource URI base;
  LiveKitDouble livekit;
  TestDatabase database;

  private final String ada = People.user(People.somebody());
  private Api api;
  private FullCall call;
  private String id;

  @BeforeEach
  void begin() {
    livekit.works();
    api = new Api(base);
    call = new FullCall(base, database, ada);
    id = call.id();
  }

  @AfterEach
  void mend() {
    livekit.works();
  }

  @Test
  void the_receipt_counts_what_the_tables_had_and_then_nothing_is_left() {
    assertEquals(
        List.of("idempotency_keys", "voice_calls"),
        call.mentions(id).stream().filter(t -> t.matches("voice_calls|idem.*")).sorted().toList());
    List<String> before = call.counts().stream().toList();
    assertEquals(List.of("2", "1", "1", "3", "5"), before);

    Answer receipt = api.delete(ada, id).is(200);

    assertEquals(id, receipt.at("/call_id"));
    assertEquals(
        before, FullCall.UNDER.stream().map(table -> receipt.at("/erased/" + table)).toList());
    assertEquals("1", receipt.at("/erased/voice_calls"));
    assertEquals(
        "[{\"url\":\"s3://file\",\"kind\":\"recording\"},"
            + "{\"url\":\"s3://transcript\",\"kind\":\"transcript\"},"
            + "{\"url\":\"s3://audio\",\"kind\":\"message_audio\"}]",
        receipt.json().get("not_erased").toString());
    assertEquals("true", receipt.at("/not_erased_is_whole"));
    assertFalse(livekit.rooms().containsKey(call.room()), "an open call is ended first");
    call.assertNothingLeft(ada);
  }

  @Test
  void what_comes_late_is_answered_and_kept_out() {
    api.delete(ada, id).is(200);
    call.events().forEach(call::tell);
    call.tell(
        Webhooks.roomFinished(call.sid(), call.room(), FullCall.CREATED_MS, FullCall.AT + 60));
    call.assertNothingLeft(ada);
    api.end(ada, id).is(404, "call-not-found");
    api.patch(ada, id, "{}").is(404, "call-not-found");
    api.delete(ada, id).is(404, "call-not-found");
  }

  @Test
  void without_livekit_nothing_of_an_open_call_is_erased() {
    livekit.down();
    api.delete(ada, id).is(502, "livekit-unavailable");
    livekit.works();
    assertEquals(List.of("2", "1", "1", "3", "5"), call.counts().stream().toList());
    api.end(ada, id).is(200);
    livekit.down();
    api.delete(ada, id).is(200);
  }

  @Test
  void it_is_for_its_owner_and_operators() {
    String guest = People.somebody();
    api.patch(ada, id, "{\"invited_user_ids\":[\"" + guest + "\"]}").is(200);
    api.delete(People.user(guest), id).is(403, "forbidden");
    api.delete(People.user(People.somebody()), id).is(404, "call-not-found");
    api.delete(People.join(call.room(), guest), id).is(403, "forbidden");
    assertTrue(livekit.rooms().containsKey(call.room()));
    api.delete(People.service(), call.sid()).is(200);
    call.assertNothingLeft(ada);
  }
}
