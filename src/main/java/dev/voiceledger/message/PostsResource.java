package dev.voiceledger.message;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.voiceledger.access.BodyGate;
import dev.voiceledger.access.Callers;
import dev.voiceledger.platform.Problem;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.extensions.Extension;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestResponse;
import org.jboss.resteasy.reactive.server.Cancellable;

/** What was said, as whoever may post it says it. */
@Path("/api/v1/voice/messages")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Messages")
public class PostsResource {
  private static final int OUR_TROUBLE = 500;

  private final Callers callers;
  private final BodyGate gate;
  private final Posting posting;

  PostsResource(Callers callers, BodyGate gate, Posting posting) {
    this.callers = callers;
    this.gate = gate;
    this.posting = posting;
  }

  @POST
  @Consumes(MediaType.APPLICATION_JSON)
  @Cancellable(false)
  @Operation(
      operationId = "postMessages",
      summary = "Posts one message, or up to 500; repeats change nothing",
      extensions = {
        @Extension(name = "x-who", value = "everybody"),
        @Extension(name = "x-problems", value = "call-not-found, conflict, livekit-unavailable")
      })
  @RequestBody(required = true, content = @Content(schema = @Schema(ref = "Post")))
  @APIResponse(
      responseCode = "200",
      description = "Nothing of it is new: as it stands; of a list under data",
      content = @Content(schema = @Schema(anyOf = {MessageView.class, Batch.class})))
  @APIResponse(
      responseCode = "201",
      description = "Some of it is new: as it stands; of a list under data",
      content = @Content(schema = @Schema(anyOf = {MessageView.class, Batch.class})))
  public Uni<RestResponse<Object>> post(@Context HttpHeaders headers, byte[] body) {
    return gate.held(() ->
        callers
            .of(headers)
            .chain(caller -> {
              PostBody post = PostBody.of(body);
              return posting.post(caller, post.messages()).map(stored -> answer(post, stored));
            }));
  }

  private static RestResponse<Object> answer(PostBody post, List<Stored> stored) {
    List<MessageView> kept = stored.stream().map(Stored::message).filter(Objects::nonNull).toList();
    if (kept.isEmpty()) {
      throw worst(stored).asException();
    }
    boolean fresh = stored.stream().anyMatch(Stored::fresh);
    Object answer = post.batch() ? new Batch(kept, refused(stored)) : kept.getFirst();
    return RestResponse.status(
        fresh ? RestResponse.Status.CREATED : RestResponse.Status.OK, answer);
  }

  /** Where nothing is shown and some may be sent again, the sender is told to. */
  private static Problem worst(List<Stored> stored) {
    return stored.stream()
        .map(Stored::refused)
        .max(Comparator.comparing(why -> why.status() >= OUR_TROUBLE))
        .orElseThrow();
  }

  /** Null where nothing was. */
  private static List<Refused> refused(List<Stored> stored) {
    List<Refused> refused =
        IntStream.range(0, stored.size())
            .filter(i -> stored.get(i).refused() != null)
            .mapToObj(i -> Refused.of(i, stored.get(i).refused()))
            .toList();
    return refused.isEmpty() ? null : refused;
  }

  /**
   * The messages as they stand, in the order of the post.
   *
   * @param data without what was refused
   * @param refused what is not among them; absent where everything is
   */
  @Schema(name = "PostedMessages")
  public record Batch(
      List<MessageView> data, @JsonInclude(JsonInclude.Include.NON_NULL) List<Refused> refused) {}

  /**
   * One that is not shown among the others, and why.
   *
   * @param index its place in the list that was posted, from 0
   * @param type of the problem that it would have been answered with alone
   */
  @Schema(name = "RefusedMessage")
  public record Refused(int index, String type, String detail) {
    private static Refused of(int index, Problem why) {
      return new Refused(index, why.type(), why.detail() == null ? why.title() : why.detail());
    }
  }
}
