package dev.voiceledger.history;

import static dev.voiceledger.FreshDatabase.JWT_SECRET;
import static dev.voiceledger.FreshDatabase.LIVEKIT_API_KEY;
import static dev.voiceledger.FreshDatabase.LIVEKIT_API_SECRET;

import dev.voiceledger.webhook.Webhooks;
import java.time.Instant;
import java.util.UUID;

/** Bearer tokens of those who ask, each as its issuer writes it. */
public final class People {
  private static final String HEADER = "{\"alg\":\"HS256\",\"typ\":\"JWT\"}";

  private People() {}

  /** A uuid that nobody has. */
  public static String somebody() {
    return UUID.randomUUID().toString();
  }

  public static String user(String id) {
    return jwt("\"role\":\"authenticated\",\"sub\":\"" + id + "\"", JWT_SECRET);
  }

  public static String admin() {
    return jwt("\"role\":\"admin\",\"sub\":\"" + somebody() + "\"", JWT_SECRET);
  }

  public static String service() {
    return jwt("\"role\":\"service_role\"", JWT_SECRET);
  }

  /** A LiveKit join token that names no call. */
  public static String join(String room, String identity) {
    return join(room, identity, "standard");
  }

  /** The same of an agent. */
  public static String agent(String room, String identity) {
    return join(room, identity, "agent");
  }

  private static String join(String room, String identity, String kind) {
    String grants = "\"roomJoin\":true,\"room\":\"%s\"".formatted(room);
    return jwt(
        "\"iss\":\"%s\",\"sub\":\"%s\",\"kind\":\"%s\",\"nbf\":%d,\"video\":{%s}"
            .formatted(LIVEKIT_API_KEY, identity, kind, Instant.now().getEpochSecond() - 5, grants),
        LIVEKIT_API_SECRET);
  }

  private static String jwt(String claims, String secret) {
    long expires = Instant.now().getEpochSecond() + 3600;
    return Webhooks.jwt(HEADER, "{" + claims + ",\"exp\":" + expires + "}", secret);
  }
}
