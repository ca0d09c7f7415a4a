package dev.voiceledger.load;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.voiceledger.webhook.LiveKitSender;
import java.io.ByteArrayOutputStream;

/** Requests as they go over the wire, HTTP/1.1 on a kept connection. */
public final class Requests {
  private static final String HOST = " HTTP/1.1\r\nHost: 127.0.0.1\r\n";

  private Requests() {}

  /** As LiveKit's server sends it, signed now. */
  public static byte[] webhook(byte[] body) {
    String head =
        "POST /webhooks/livekit"
            + HOST
            + "User-Agent: LiveKit\r\nContent-Type: application/webhook+json\r\n"
            + "Authorization: %s\r\n";
    return whole(head.formatted(LiveKitSender.sign(body)), body);
  }

  public static byte[] post(String token, String path, String body) {
    String head =
        "POST " + path + HOST + "Content-Type: application/json\r\nAuthorization: Bearer %s\r\n";
    return whole(head.formatted(token), body.getBytes(UTF_8));
  }

  private static byte[] whole(String head, byte[] body) {
    ByteArrayOutputStream request = new ByteArrayOutputStream(body.length + 512);
    request.writeBytes(head.getBytes(ISO_8859_1));
    request.writeBytes(("Content-Length: " + body.length + "\r\n\r\n").getBytes(ISO_8859_1));
    request.writeBytes(body);
    return request.toByteArray();
  }

  /**
   * @param token null for none
   */
  public static byte[] get(String token, String path) {
    String bearer = token == null ? "" : "Authorization: Bearer " + token + "\r\n";
    return ("GET " + path + HOST + bearer + "\r\n").getBytes(ISO_8859_1);
  }
}
