package dev.voiceledger.join;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.voiceledger.access.Caller;
import dev.voiceledger.access.Callers;
import dev.voiceledger.access.Limits;
import dev.voiceledger.call.CallFacts.Opening;
import dev.voiceledger.history.CallView;
import dev.voiceledger.history.Calls;
import dev.voiceledger.join.JoinStore.KeyState;
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
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.extensions.Extension;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestResponse;
import org.jboss.resteasy.reactive.server.Cancellable;

/** Makes calls: the room at LiveKit, the row, and a token to go in. */
@Path("/api/v1/calls")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Calls")
public class CreateResource {
  private static final String KEY = "Idempotency-Key";
  private static final int KEY_CHARACTERS_MAX = 255;

  private final Callers callers;
  private final Limits limits;
  private final Calls calls;
  private final Joining joining;
  private final JoinStore keys;
  private final TokenMint mint;
  private final String serverUrl;

  CreateResource(
      Callers callers,
      Limits limits,
      Calls calls,
      Joining joining,
      JoinStore keys,
      TokenMint mint,
      @ConfigProperty(name = "livekit.url", defaultValue = "ws://localhost:7880")
          String serverUrl) {
    this.callers = callers;
    this.limits = limits;
    this.calls = calls;
    this.joining = joining;
    this.keys = keys;
    this.mint = mint;
    this.serverUrl = serverUrl;
  }

  /**
   * A call and the way in.
   *
   * @param serverUrl where LiveKit is, as browsers are told
   * @param participantToken a JWT for the caller, good for {@code TOKEN_TTL}
   */
  @Schema(name = "CreatedCall")
  public record Created(CallView call, String serverUrl, String participantToken) {}

  @POST
  @Consumes(MediaType.APPLICATION_JSON)
  @Cancellable(false)
  @Operation(
      operationId = "createCall",
      summary = "Makes a call: room, row and token",
      extensions = {
        @Extension(name = "x-who", value = "people"),
        @Extension(name = "x-problems", value = "conflict, livekit-unavailable")
      })
  @APIResponse(
      responseCode = "201",
      description = "It is made",
      content = @Content(schema = @Schema(implementation = Created.class)))
  @APIResponse(
      responseCode = "200",
      description = "It was made by the same request before",
      content = @Content(schema = @Schema(implementation = Created.class)))
  @RequestBody(required = false, content = @Content(schema = @Schema(ref = "NewCall")))
  public Uni<RestResponse<Created>> create(@Context HttpHeaders headers, byte[] body) {
    return callers
        .person(headers)
        .invoke(limits::tokens)
        .chain(caller -> {
          NewCall call = NewCall.of(body);
          return headers.getRequestHeader(KEY).isEmpty()
              ? made(caller, call, null).chain(id -> created(caller, call, id))
              : once(caller, call, key(headers.getRequestHeader(KEY)), sha256(body));
        });
  }

  /** One that is there but empty is refused: its sender believes that it protects. */
  private static String key(List<String> given) {
    String key = given.getFirst();
    if (given.size() > 1 || !key.matches("[\\x21-\\x7E]{1," + KEY_CHARACTERS_MAX + "}")) {
      throw Type.INVALID_FIELDS.at(
          KEY, "one, of 1 to " + KEY_CHARACTERS_MAX + " visible ASCII characters");
    }
    return key;
  }

  private Uni<RestResponse<Created>> once(Caller caller, NewCall call, String key, String sha256) {
    String who = Joining.openedBy(caller);
    return keys.take(who, key, sha256)
        .chain(state ->
            state.fresh()
                ? made(caller, call, key)
                    .onFailure()
                    .call(failed -> keys.giveBack(who, key).onFailure().recoverWithNull())
                    .chain(id -> created(caller, call, id))
                : again(caller, call, state, sha256));
  }

  private Uni<RestResponse<Created>> again(
      Caller caller, NewCall call, KeyState state, String sha256) {
    if (state.callId() == null) {
      throw Type.CONFLICT.because("the first request with this Idempotency-Key is under way");
    }
    if (!sha256.equals(state.bodySha256())) {
      throw Type.CONFLICT.because("this Idempotency-Key came with another body before");
    }
    return answer(caller, call, state.callId()).map(RestResponse::ok);
  }

  /** LiveKit's trouble leaves a record without a key, and is told as it is. */
  private Uni<UUID> made(Caller caller, NewCall call, String key) {
    NewRoom room =
        new NewRoom(
            joining.randomName(),
            null,
            call.emptyTimeoutSeconds(),
            null,
            call.maxParticipants(),
            call.agents());
    Opening opening =
        new Opening(
            Joining.openedBy(caller),
            Joining.ownerOf(caller),
            call.title(),
            call.metadata(),
            call.agentNamed(),
            call.invitedUserIds(),
            null);
    return joining
        .open(room, opening.under(key))
        .onFailure(Type.LIVEKIT_UNAVAILABLE::isTypeOf)
        .call(away -> joining.failed(room, opening).onFailure().recoverWithNull());
  }

  private Uni<RestResponse<Created>> created(Caller caller, NewCall call, UUID id) {
    return answer(caller, call, id)
        .map(made -> RestResponse.status(RestResponse.Status.CREATED, made));
  }

  private Uni<Created> answer(Caller caller, NewCall call, UUID id) {
    return calls
        .one(caller, id.toString())
        .map(view -> new Created(view, serverUrl, token(caller, call, view)));
  }

  private String token(Caller caller, NewCall call, CallView view) {
    String identity = caller.userId() == null ? joining.randomName() : caller.userId();
    return mint.mint(
        new Join(
            view.id(),
            view.roomName(),
            identity,
            call.participantName(),
            null,
            Map.of(),
            List.of()));
  }

  private static String sha256(byte[] body) {
    try {
      byte[] bytes = body == null ? "".getBytes(UTF_8) : body;
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
