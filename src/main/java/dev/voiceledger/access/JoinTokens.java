package dev.voiceledger.access;

import com.fasterxml.jackson.databind.JsonNode;
import dev.voiceledger.platform.LiveKitKeys;
import dev.voiceledger.platform.StrictJwt;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.UUID;

/**
 * Judges LiveKit join tokens: HS256 under {@code LIVEKIT_API_KEY} alone, the keys that may sign
 * webhooks besides sign none of these. With {@code sha256} it is a webhook's token, not somebody's.
 * Of its grants only {@code roomJoin}, {@code room} and {@code agent} count here.
 */
@ApplicationScoped
class JoinTokens {
  private static final String AGENT = "agent";

  /** The year 9999: what lies beyond is no time that PostgreSQL could be asked about. */
  private static final long SECONDS_MAX = 253_402_300_799L;

  private final String key;
  private final String secret;
  private final InstantSource clock;

  JoinTokens(LiveKitKeys keys, InstantSource clock) {
    this.key = keys.apiKey();
    this.secret = keys.secret(key).orElseThrow();
    this.clock = clock;
  }

  /** Whether LiveKit's key signed it: then it is a valid join token, or none at all. */
  boolean isLiveKits(StrictJwt jwt) {
    return key.equals(jwt.text("iss")) && jwt.isSignedWith(secret);
  }

  /** The grant of a token that LiveKit's key signed; empty where it opens no room now. */
  Optional<JoinGrant> grant(StrictJwt jwt) {
    JsonNode claims = jwt.claims();
    JsonNode video = claims.path("video");
    String room = video.path("room").textValue();
    String identity = jwt.text("sub");
    boolean joins =
        jwt.isTimely(clock.instant())
            && !claims.has("sha256")
            && video.path("roomJoin").isBoolean()
            && video.path("roomJoin").booleanValue()
            && isName(room)
            && isName(identity)
            && isTime(claims.path("iat"))
            && isCall(claims.path("call_id"));
    return joins ? Optional.of(grant(claims, room, identity)) : Optional.empty();
  }

  private static JoinGrant grant(JsonNode claims, String room, String identity) {
    boolean agent =
        AGENT.equals(claims.path("kind").textValue())
            || claims.path("video").path(AGENT).asBoolean(false);
    JsonNode call = claims.path("call_id");
    return new JoinGrant(
        room,
        identity,
        call.isMissingNode() ? null : UUID.fromString(call.textValue()),
        agent,
        instant(claims.path("nbf")),
        instant(claims.path("iat")),
        instant(claims.path("exp")));
  }

  /** PostgreSQL holds no NUL, so no room and nobody in it has one. */
  private static boolean isName(String name) {
    return name != null && !name.isEmpty() && name.indexOf(0) < 0;
  }

  private static boolean isTime(JsonNode issued) {
    return issued.isMissingNode()
        || issued.isIntegralNumber()
            && issued.canConvertToLong()
            && issued.longValue() <= SECONDS_MAX;
  }

  private static boolean isCall(JsonNode id) {
    return id.isMissingNode() || UserClaims.isUuid(id.textValue());
  }

  /** Within what PostgreSQL holds: earlier than any call is as good as any other such time. */
  private static Instant instant(JsonNode seconds) {
    return seconds.isMissingNode() ? null : Instant.ofEpochSecond(Math.max(0, seconds.longValue()));
  }
}
