package dev.voiceledger.livekit;

import com.fasterxml.jackson.databind.node.ObjectNode;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * Makes join tokens, in the shape that LiveKit's own SDKs give them, with one claim more: the call
 * that the token opens here. It gives what a person in a call needs and nothing beside: never the
 * kind of an agent, never admin, recorder or hidden.
 */
@ApplicationScoped
public class TokenMint {
  /** The claim that is ours; LiveKit's server does not look at it. */
  public static final String CALL_ID = "call_id";

  private final Signer signer;
  private final Duration life;

  TokenMint(
      Signer signer, @ConfigProperty(name = "token.ttl", defaultValue = "PT15M") Duration life) {
    this.signer = signer;
    this.life = life;
  }

  /**
   * Who is to join what.
   *
   * @param callId the call that the token opens
   * @param roomName in which alone it lets somebody in
   * @param identity of the participant, unique in its room
   * @param name for people to read; null for none
   * @param metadata of the participant; null for none
   * @param attributes of the participant; null or empty for none
   * @param agents sent for if this join makes the room; null or empty for none
   */
  public record Join(
      UUID callId,
      String roomName,
      String identity,
      String name,
      String metadata,
      Map<String, String> attributes,
      List<Agent> agents) {}

  /** A JWT for this join, good from now for {@code TOKEN_TTL}. */
  public String mint(Join join) {
    ObjectNode claims = signer.claims(join.identity(), life);
    claims.put(CALL_ID, join.callId().toString());
    if (join.name() != null) {
      claims.put("name", join.name());
    }
    if (join.metadata() != null) {
      claims.put("metadata", join.metadata());
    }
    if (join.attributes() != null && !join.attributes().isEmpty()) {
      ObjectNode attributes = claims.putObject("attributes");
      join.attributes().forEach(attributes::put);
    }
    claims
        .putObject("video")
        .put("roomJoin", true)
        .put("room", join.roomName())
        .put("canPublish", true)
        .put("canSubscribe", true)
        .put("canPublishData", true);
    if (join.agents() != null && !join.agents().isEmpty()) {
      claims.putObject("roomConfig").set("agents", Agent.json(join.agents()));
    }
    return signer.sign(claims);
  }
}
