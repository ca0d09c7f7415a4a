package dev.voiceledger.access;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.voiceledger.webhook.LiveKitSender;
import dev.voiceledger.webhook.Webhooks;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.UUID;

/** Sessions of a room, told as LiveKit tells them; times are unix seconds. */
final class Rooms {
  private static final UUID NAMESPACE = UUID.fromString("cf37b98d-c347-5267-a1d4-8f23626d7b4e");

  private final LiveKitSender livekit;
  private final String name;

  Rooms(URI base, String name) {
    this.livekit = new LiveKitSender(base);
    this.name = name;
  }

  String name() {
    return name;
  }

  /** A session that began. */
  Rooms began(String sid, long at) {
    return told(Webhooks.roomStarted(sid, name, at * 1000, at));
  }

  Rooms ended(String sid, long began, long at) {
    return told(Webhooks.roomFinished(sid, name, began * 1000, at));
  }

  Rooms joined(String sid, String identity, long at) {
    return told(participant("participant_joined", sid, identity, at, at));
  }

  /** Somebody came and left, for a reason in LiveKit's words. */
  Rooms left(String sid, String identity, long joined, long at, String reason) {
    joined(sid, identity, joined);
    Webhooks left = participant("participant_left", sid, identity, joined, at);
    left.participant().put("disconnectReason", reason);
    return told(left);
  }

  /** Somebody never came through. */
  Rooms aborted(String sid, String identity, long at) {
    Webhooks aborted = participant("participant_connection_aborted", sid, identity, at, at);
    aborted.participant().remove("joinedAt");
    aborted.participant().remove("joinedAtMs");
    return told(aborted);
  }

  private Webhooks participant(String event, String sid, String identity, long joined, long at) {
    return Webhooks.participant(
        event, sid, name, "PA_" + sid + identity, identity, joined * 1000, at);
  }

  private Rooms told(Webhooks event) {
    assertEquals(200, livekit.post(event));
    return this;
  }

  /** The id of a session's call: uuid v5 of its sid. */
  static String call(String sid) {
    try {
      MessageDigest sha1 = MessageDigest.getInstance("SHA-1");
      sha1.update(
          ByteBuffer.allocate(16)
              .putLong(NAMESPACE.getMostSignificantBits())
              .putLong(NAMESPACE.getLeastSignificantBits())
              .flip());
      byte[] hash = sha1.digest(sid.getBytes(StandardCharsets.UTF_8));
      hash[6] = (byte) (hash[6] & 0x0f | 0x50);
      hash[8] = (byte) (hash[8] & 0x3f | 0x80);
      ByteBuffer bytes = ByteBuffer.wrap(hash);
      return new UUID(bytes.getLong(), bytes.getLong()).toString();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
