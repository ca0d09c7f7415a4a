package dev.voiceledger.join;

import dev.voiceledger.access.Caller;
import dev.voiceledger.access.Callers;
import dev.voiceledger.access.Limits;
import dev.voiceledger.call.CallFacts.Opening;
import dev.voiceledger.livekit.LiveKit.NewRoom;
import dev.voiceledger.livekit.TokenMint;
import dev.voiceledger.livekit.TokenMint.Join;
import dev.voiceledger.platform.Problem.Type;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.extensions.Extension;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.ResponseStatus;
import org.jboss.resteasy.reactive.server.Cancellable;

/**
 * LiveKit's standard token endpoint: {@code TokenSource.endpoint} of its clients works as it is.
 */
@Path("/api/v1/token")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Tokens")
public class TokenResource {
  /** Two questions to LiveKit together take no longer than one may. */
  private static final Duration ANSWER_MAX = Duration.ofMillis(2_900);

  private final Callers callers;
  private final Limits limits;
  private final Doorkeeper doorkeeper;
  private final Joining joining;
  private final TokenMint mint;
  private final String serverUrl;

  TokenResource(
      Callers callers,
      Limits limits,
      Doorkeeper doorkeeper,
      Joining joining,
      TokenMint mint,
      @ConfigProperty(name = "livekit.url", defaultValue = "ws://localhost:7880")
          String serverUrl) {
    this.callers = callers;
    this.limits = limits;
    this.doorkeeper = doorkeeper;
    this.joining = joining;
    this.mint = mint;
    this.serverUrl = serverUrl;
  }

  /**
   * What a client needs to connect.
   *
   * @param serverUrl where LiveKit is, as browsers are told
   * @param participantToken a JWT for this room and this call, good for {@code TOKEN_TTL}
   */
  @Schema(name = "Token")
  public record Answer(
      String serverUrl,
      String participantToken,
      String roomName,
      String participantIdentity,
      String participantName,
      UUID callId) {}

  @POST
  @Consumes(MediaType.APPLICATION_JSON)
  @Cancellable(false)
  @ResponseStatus(201)
  @Operation(
      operationId = "createToken",
      summary = "Lets the caller into a room, which is made where there is none",
      extensions = {
        @Extension(name = "x-who", value = "people"),
        @Extension(name = "x-problems", value = "conflict, livekit-unavailable")
      })
  @APIResponse(
      responseCode = "201",
      description = "The way in",
      content = @Content(schema = @Schema(implementation = Answer.class)))
  @RequestBody(required = false, content = @Content(schema = @Schema(ref = "TokenRequest")))
  public Uni<Answer> token(@Context HttpHeaders headers, byte[] body) {
    return callers
        .person(headers)
        .invoke(limits::tokens)
        .chain(caller -> answer(caller, TokenRequest.of(body)));
  }

  private Uni<Answer> answer(Caller caller, TokenRequest request) {
    String identity = identity(caller, request.identity());
    String room = request.roomName() == null ? joining.randomName() : request.roomName();
    Uni<UUID> call =
        request.roomName() == null
            ? joining.open(newRoom(room, request), opening(caller, request))
            : doorkeeper.let(caller, newRoom(room, request), opening(caller, request));
    return call.ifNoItem()
        .after(ANSWER_MAX)
        .failWith(() -> Type.LIVEKIT_UNAVAILABLE.because("LiveKit did not answer in time"))
        .map(id ->
            new Answer(
                serverUrl,
                mint.mint(join(id, room, identity, request)),
                room,
                identity,
                request.name(),
                id));
  }

  private static Join join(UUID call, String room, String identity, TokenRequest request) {
    return new Join(
        call,
        room,
        identity,
        request.name(),
        request.metadata(),
        request.attributes(),
        request.room().agents());
  }

  private static NewRoom newRoom(String name, TokenRequest request) {
    TokenRequest.RoomConfig config = request.room();
    return new NewRoom(
        name,
        config.metadata(),
        config.emptyTimeoutSeconds(),
        config.departureTimeoutSeconds(),
        config.maxParticipants(),
        config.agents());
  }

  private static Opening opening(Caller caller, TokenRequest request) {
    return new Opening(
        Joining.openedBy(caller),
        Joining.ownerOf(caller),
        null,
        "{}",
        request.agentNamed(),
        List.of(),
        null);
  }

  /** Whoever joins under an identity throws out who is there under it: so a user has one's own. */
  private String identity(Caller caller, String wanted) {
    String own = caller.userId();
    if (own == null) {
      return wanted == null ? joining.randomName() : wanted;
    }
    if (wanted == null || wanted.equalsIgnoreCase(own)) {
      return own;
    }
    if (wanted.regionMatches(true, 0, own + ":", 0, own.length() + 1)) {
      return own + wanted.substring(own.length());
    }
    throw Type.FORBIDDEN.because("an identity is your own uuid, or uuid:suffix for a device more");
  }
}
