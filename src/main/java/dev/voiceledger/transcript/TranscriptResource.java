package dev.voiceledger.transcript;

import dev.voiceledger.access.Callers;
import io.smallrye.mutiny.Multi;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.extensions.Extension;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestMulti;
import org.jboss.resteasy.reactive.RestPath;
import org.jboss.resteasy.reactive.RestQuery;

/** What was said in a call, to be read, played or worked on. */
@Path("/api/v1/calls")
@Tag(name = "Messages")
public class TranscriptResource {
  private final Callers callers;
  private final Transcripts transcripts;

  TranscriptResource(Callers callers, Transcripts transcripts) {
    this.callers = callers;
    this.transcripts = transcripts;
  }

  @GET
  @Path("/{id}/transcript")
  @Operation(
      operationId = "getTranscript",
      summary = "The transcript, in the order in which things were said",
      extensions = @Extension(name = "x-who", value = "everybody"))
  @APIResponse(
      responseCode = "200",
      description = "The whole; an answer that is cut short has no end.",
      content = {
        @Content(
            mediaType = "application/json",
            schema = @Schema(implementation = TranscriptView.class)),
        @Content(mediaType = "text/plain", schema = @Schema(implementation = String.class)),
        @Content(mediaType = "text/markdown", schema = @Schema(implementation = String.class)),
        @Content(mediaType = "text/vtt", schema = @Schema(implementation = String.class)),
        @Content(
            mediaType = "application/x-subrip",
            schema = @Schema(implementation = String.class))
      })
  public Multi<byte[]> get(
      @Context HttpHeaders headers, @RestPath String id, @RestQuery String format) {
    return RestMulti.fromUniResponse(
        callers
            .of(headers)
            .chain(caller -> {
              Format wanted = Format.of(format);
              return transcripts.open(caller, id).map(call -> new Wanted(call, wanted));
            })
            .memoize() // whoever hangs up does not stop it half way
            .indefinitely(),
        wanted -> transcripts.read(wanted.call(), wanted.format()),
        Wanted::headers);
  }

  private record Wanted(Opened call, Format format) {
    Map<String, List<String>> headers() {
      return Map.of(
          HttpHeaders.CONTENT_TYPE,
          List.of(format.contentType()),
          HttpHeaders.CONTENT_DISPOSITION,
          List.of(
              "attachment; filename=\"transcript-%s.%s\""
                  .formatted(call.callId(), format.extension())),
          "X-Content-Type-Options",
          List.of("nosniff"));
    }
  }
}
