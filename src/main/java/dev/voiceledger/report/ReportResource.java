package dev.voiceledger.report;

import dev.voiceledger.access.BodyGate;
import dev.voiceledger.access.Callers;
import dev.voiceledger.access.Limits;
import dev.voiceledger.platform.BodyReader.Body;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import java.io.InputStream;
import java.util.Optional;
import java.util.function.Supplier;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.extensions.Extension;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestResponse;
import org.jboss.resteasy.reactive.server.Cancellable;

/** LiveKit Agents' session reports, as its Python and Node libraries write them. */
@Path(BodyGate.REPORTS)
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Messages")
public class ReportResource {
  private final Callers callers;
  private final Limits limits;
  private final BodyGate gate;
  private final Reporting reporting;

  ReportResource(Callers callers, Limits limits, BodyGate gate, Reporting reporting) {
    this.callers = callers;
    this.limits = limits;
    this.gate = gate;
    this.reporting = reporting;
  }

  @POST
  @Consumes(MediaType.APPLICATION_JSON)
  @Cancellable(false)
  @Operation(
      operationId = "reportSession",
      summary = "Takes an agent's session report unchanged; a repeat changes nothing",
      extensions = {
        @Extension(name = "x-who", value = "agents"),
        @Extension(name = "x-problems", value = "call-not-found")
      })
  @RequestBody(required = true, content = @Content(schema = @Schema(ref = "SessionReport")))
  @APIResponse(
      responseCode = "200",
      description = "Nothing of it is new",
      content = @Content(schema = @Schema(implementation = Answer.class)))
  @APIResponse(
      responseCode = "201",
      description = "It is kept",
      content = @Content(schema = @Schema(implementation = Answer.class)))
  public Uni<RestResponse<Object>> report(@Context HttpHeaders headers) {
    Optional<Body> body = gate.body();
    // Its room is given back before the answer, or who sends the next at once might find none yet.
    return gate.held(() ->
            callers
                .reporter(headers)
                .invoke(limits::writes)
                .chain(caller -> reporting.keep(caller, streams(body))))
        .map(answer ->
            RestResponse.status(
                answer.news() ? RestResponse.Status.CREATED : RestResponse.Status.OK, answer));
  }

  private static Supplier<InputStream> streams(Optional<Body> body) {
    return () -> body.map(Body::stream).orElseGet(InputStream::nullInputStream);
  }
}
