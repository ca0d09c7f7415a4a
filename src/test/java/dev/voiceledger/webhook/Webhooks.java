package dev.voiceledger.webhook;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Base64;
import java.util.concurrent.atomic.AtomicLong;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Events as LiveKit's server writes them (protojson: camelCase, 64-bit integers as strings, zero
 * values left out), and signed as it signs them. The shapes are those of {@code webhooks/*.json},
 * which were recorded from a real server.
 */
public final class Webhooks {
  public static final ObjectMapper JSON = new ObjectMapper();
  private static final AtomicLong IDS = new AtomicLong();

  private final ObjectNode event = JSON.createObjectNode();

  private Webhooks(String name, long at) {
    event.put("event", name);
    event.put("id", "EV_" + Long.toHexString(System.nanoTime()) + IDS.incrementAndGet());
    event.put("createdAt", Long.toString(at));
  }

  /** An event of this name with a full room. */
  public static Webhooks event(String name, String roomSid, String roomName, long at) {
    Webhooks webhook = new Webhooks(name, at);
    webhook.room().put("sid", roomSid).put("name", roomName);
    return webhook;
  }

  public static Webhooks roomStarted(String sid, String name, long createdMs, long at) {
    Webhooks webhook = event("room_started", sid, name, at);
    webhook.fullRoom(createdMs);
    return webhook;
  }

  public static Webhooks roomFinished(String sid, String name, long createdMs, long at) {
    Webhooks webhook = event("room_finished", sid, name, at);
    webhook.fullRoom(createdMs);
    return webhook;
  }

  /** participant_joined, participant_left or participant_connection_aborted. */
  public static Webhooks participant(
      String event,
      String roomSid,
      String roomName,
      String sid,
      String identity,
      long joinedMs,
      long at) {
    Webhooks webhook = event(event, roomSid, roomName, at);
    webhook
        .participant()
        .put("sid", sid)
        .put("identity", identity)
        .put("name", "Name of " + identity)
        .put("state", event.equals("participant_joined") ? "ACTIVE" : "DISCONNECTED")
        .put("joinedAt", Long.toString(joinedMs / 1000))
        .put("joinedAtMs", Long.toString(joinedMs));
    if (!event.equals("participant_joined")) {
      webhook.participant().put("disconnectReason", "CLIENT_INITIATED");
    }
    return webhook;
  }

  /** track_published or track_unpublished: room and participant are thin. */
  public static Webhooks track(
      String event, String roomSid, String roomName, String sid, String identity, long at) {
    Webhooks webhook = event(event, roomSid, roomName, at);
    webhook.participant().put("sid", sid).put("identity", identity);
    webhook.event.putObject("track").put("sid", "TR_" + sid).put("source", "MICROPHONE");
    return webhook;
  }

  /** egress_started, egress_updated or egress_ended. */
  public static Webhooks egress(
      String event, String roomSid, String roomName, String egressId, String status, long at) {
    Webhooks webhook = event(event, roomSid, roomName, at);
    ObjectNode info = webhook.event.putObject("egressInfo");
    info.put("egressId", egressId).put("roomId", roomSid).put("roomName", roomName);
    if (!status.equals("EGRESS_STARTING")) {
      info.put("status", status);
    }
    info.put("updatedAt", at + "000000000");
    return webhook;
  }

  private void fullRoom(long createdMs) {
    room()
        .put("emptyTimeout", 300)
        .put("creationTime", Long.toString(createdMs / 1000))
        .put("creationTimeMs", Long.toString(createdMs))
        .put("turnPassword", "a-turn-password-of-this-room");
  }

  public ObjectNode json() {
    return event;
  }

  public ObjectNode room() {
    return event.withObject("/room");
  }

  public ObjectNode participant() {
    return event.withObject("/participant");
  }

  public ObjectNode egressInfo() {
    return event.withObject("/egressInfo");
  }

  public Webhooks id(String id) {
    event.put("id", id);
    return this;
  }

  public Webhooks kind(String kind) {
    participant().put("kind", kind);
    return this;
  }

  /** The id in a body; null where there is none to be found. */
  static String idOf(byte[] body) {
    try {
      return JSON.readTree(body).path("id").textValue();
    } catch (java.io.IOException noJson) {
      return null;
    }
  }

  public byte[] bytes() {
    return event.toString().getBytes(UTF_8);
  }

  /** The bare JWT of a body, valid now. */
  public static String sign(byte[] body, String key, String secret) {
    long now = Instant.now().getEpochSecond();
    String claims =
        """
        {"iss":"%s","nbf":%d,"exp":%d,"sha256":"%s"}\
        """
            .formatted(key, now, now + 300, Base64.getEncoder().encodeToString(sha256(body)));
    return jwt("{\"alg\":\"HS256\",\"typ\":\"JWT\"}", claims, secret);
  }

  /** A JWT of any header and claims under HMAC-SHA256. */
  public static String jwt(String header, String claims, String secret) {
    String content = base64Url(header.getBytes(UTF_8)) + "." + base64Url(claims.getBytes(UTF_8));
    return content + "." + base64Url(hmac("HmacSHA256", content, secret));
  }

  static byte[] hmac(String algorithm, String content, String secret) {
    try {
      Mac mac = Mac.getInstance(algorithm);
      mac.init(new SecretKeySpec(secret.getBytes(UTF_8), algorithm));
      return mac.doFinal(content.getBytes(UTF_8));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  static byte[] sha256(byte[] body) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(body);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  static String base64Url(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }
}
