package dev.voiceledger.history;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.voiceledger.FreshDatabase;
import dev.voiceledger.livekit.LiveKitDouble;
import dev.voiceledger.webhook.LiveKitSender;
import dev.voiceledger.webhook.Webhooks;
import java.net.URI;
import java.time.Instant;

/** Rooms at LiveKit that somebody else makes and ends, and the webhooks that tell of them. */
public final class LiveRooms {
  private static final long AT = 1_790_000_000L;
  private static final long CREATED_MS = 1_790_000_000_123L;

  private final LiveKitDouble livekit;
  private final LiveKitSender sender;

  public LiveRooms(LiveKitDouble livekit, URI base) {
    this.livekit = livekit;
    this.sender = new LiveKitSender(base);
  }

  /** Lives, and nobody tells. */
  public String untold(String name) {
    ask("CreateRoom", "{\"name\":\"" + name + "\"}");
    return livekit.rooms().get(name);
  }

  /** Lives, and a webhook told so. */
  public String told(String name) {
    String sid = untold(name);
    assertEquals(200, sender.post(Webhooks.roomStarted(sid, name, CREATED_MS, AT)));
    return sid;
  }

  public void joined(String name, String identity) {
    String sid = livekit.rooms().get(name);
    Webhooks event =
        Webhooks.participant(
            "participant_joined", sid, name, "PA_" + identity, identity, CREATED_MS, AT + 1);
    assertEquals(200, sender.post(event));
  }

  /** Is over, and a webhook tells so. */
  public void over(String name) {
    String sid = livekit.rooms().get(name);
    ask("DeleteRoom", "{\"room\":\"" + name + "\"}");
    assertEquals(200, sender.post(Webhooks.roomFinished(sid, name, CREATED_MS, AT + 60)));
  }

  /** Is over, and nobody tells. */
  public void forget(String name) {
    ask("DeleteRoom", "{\"room\":\"" + name + "\"}");
  }

  private void ask(String method, String message) {
    String claims =
        "{\"iss\":\"%s\",\"exp\":%d,\"video\":{\"roomCreate\":true}}"
            .formatted(FreshDatabase.LIVEKIT_API_KEY, Instant.now().getEpochSecond() + 60);
    String token =
        Webhooks.jwt(
            "{\"alg\":\"HS256\",\"typ\":\"JWT\"}", claims, FreshDatabase.LIVEKIT_API_SECRET);
    new Api(livekit.url()).post(token, "/twirp/livekit.RoomService/" + method, message).is(200);
  }
}
