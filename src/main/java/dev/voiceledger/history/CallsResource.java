package dev.voiceledger.history;

import dev.voiceledger.access.Caller;
import dev.voiceledger.access.Callers;
import dev.voiceledger.access.Limits;
import dev.voiceledger.platform.Database;
import dev.voiceledger.platform.Page;
import dev.voiceledger.platform.Parameters;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.PATCH;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.UriInfo;
import java.util.UUID;
import java.util.function.BiFunction;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.extensions.Extension;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestPath;
import org.jboss.resteasy.reactive.RestQuery;
import org.jboss.resteasy.reactive.server.Cancellable;

/**
 * Calls. {@code {id}} is the call's uuid, its session_id or its room's name: then the newest call
 * of that name that the caller may see.
 *
 * <p>Whoever hangs up does not stop a transaction half way: reads are short, and go to their end.
 */
@Cancellable(false)
@Path("/api/v1/calls")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Calls")
public class CallsResource {
  private final Callers callers;
  private final Calls calls;
  private final Database database;
  private final Limits limits;

  CallsResource(Callers callers, Calls calls, Database database, Limits limits) {
    this.limits = limits;
    this.callers = callers;
    this.calls = calls;
    this.database = database;
  }

  @GET
  @Operation(
      operationId = "listCalls",
      summary = "The history, newest first",
      extensions = @Extension(name = "x-who", value = "people"))
  public Uni<Page<CallView>> list(@Context HttpHeaders headers, @Context UriInfo address) {
    return callers
        .person(headers)
        .chain(caller -> calls.page(caller, HistoryQuery.of(address.getQueryParameters())));
  }

  @GET
  @Cancellable(false)
  @Path("/active")
  @Operation(
      operationId = "listActiveCalls",
      summary = "The calls under way, with who is in them, newest first",
      extensions = @Extension(name = "x-who", value = "people"))
  public Uni<Page<ActiveCall.View>> active(
      @Context HttpHeaders headers, @RestQuery String limit, @RestQuery String cursor) {
    return callers
        .person(headers)
        .chain(caller -> {
          int rows = Parameters.limit(limit);
          return caller.in(database, () -> Under.active(cursor, rows));
        });
  }

  @GET
  @Cancellable(false)
  @Path("/{id}")
  @Operation(
      operationId = "getCall",
      summary = "One call",
      extensions = @Extension(name = "x-who", value = "everybody"))
  public Uni<CallView> get(@Context HttpHeaders headers, @RestPath String id) {
    return callers.of(headers).chain(caller -> calls.one(caller, id));
  }

  @PATCH
  @Path("/{id}")
  @Consumes({MediaType.APPLICATION_JSON, "application/merge-patch+json"})
  @Operation(
      operationId = "changeCall",
      summary = "Changes what is the owner's to change; metadata is merged",
      extensions = {
        @Extension(name = "x-who", value = "people"),
        @Extension(name = "x-problems", value = "conflict")
      })
  @RequestBody(required = false, content = @Content(schema = @Schema(ref = "Change")))
  public Uni<CallView> patch(@Context HttpHeaders headers, @RestPath String id, byte[] body) {
    return writer(headers).chain(caller -> calls.change(caller, id, Change.of(body)));
  }

  @POST
  @Path("/{id}/end")
  @Operation(
      operationId = "endCall",
      summary = "Ends a call and closes its room; again is the same",
      extensions = {
        @Extension(name = "x-who", value = "people"),
        @Extension(name = "x-problems", value = "livekit-unavailable")
      })
  public Uni<CallView> end(@Context HttpHeaders headers, @RestPath String id) {
    return writer(headers).chain(caller -> calls.end(caller, id));
  }

  @DELETE
  @Path("/{id}")
  @Operation(
      operationId = "eraseCall",
      summary = "Erases a call with everything under it, for ever",
      extensions = {
        @Extension(name = "x-who", value = "people"),
        @Extension(name = "x-problems", value = "livekit-unavailable")
      })
  public Uni<Receipt> erase(@Context HttpHeaders headers, @RestPath String id) {
    return writer(headers).chain(caller -> calls.erase(caller, id));
  }

  private Uni<Caller> writer(HttpHeaders headers) {
    return callers.person(headers).invoke(limits::writes);
  }

  @GET
  @Cancellable(false)
  @Path("/{id}/participants")
  @Operation(
      operationId = "listParticipants",
      summary = "Who took part: one for each connection to the room",
      extensions = @Extension(name = "x-who", value = "everybody"))
  public Uni<Page<Participant.View>> participants(
      @Context HttpHeaders headers,
      @RestPath String id,
      @RestQuery String limit,
      @RestQuery String cursor) {
    return under(headers, id, limit, (callId, rows) -> Under.participants(callId, cursor, rows));
  }

  @GET
  @Cancellable(false)
  @Path("/{id}/recordings")
  @Operation(
      operationId = "listRecordings",
      summary = "Its recordings, one for each egress",
      extensions = @Extension(name = "x-who", value = "everybody"))
  public Uni<Page<Recording.View>> recordings(
      @Context HttpHeaders headers,
      @RestPath String id,
      @RestQuery String limit,
      @RestQuery String cursor) {
    return under(headers, id, limit, (callId, rows) -> Under.recordings(callId, cursor, rows));
  }

  @GET
  @Cancellable(false)
  @Path("/{id}/usage")
  @Operation(
      operationId = "listUsage",
      summary = "What it used of which model",
      extensions = @Extension(name = "x-who", value = "everybody"))
  public Uni<Page<Usage.View>> usage(
      @Context HttpHeaders headers,
      @RestPath String id,
      @RestQuery String limit,
      @RestQuery String cursor) {
    return under(headers, id, limit, (callId, rows) -> Under.usage(callId, cursor, rows));
  }

  /** A page of what hangs on a call, of as many rows as are asked for. */
  private <T> Uni<Page<T>> under(
      HttpHeaders headers, String id, String limit, BiFunction<UUID, Integer, Uni<Page<T>>> page) {
    return callers
        .of(headers)
        .chain(caller -> {
          int rows = Parameters.limit(limit);
          return calls.under(caller, id, callId -> page.apply(callId, rows));
        });
  }
}
