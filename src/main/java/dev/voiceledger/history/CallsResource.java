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
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestPath;
import org.jboss.resteasy.reactive.RestQuery;
import org.jboss.resteasy.reactive.server.Cancellable;

/**
 * Calls. {@code {id}} is the call's uuid, its session_id or its room's name: then the newest call
 * of that name that the caller may see.
 */
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
  @Cancellable(false)
  @Operation(summary = "The history, newest first")
  public Uni<Page<CallView>> list(@Context HttpHeaders headers, @Context UriInfo address) {
    return callers
        .person(headers)
        .chain(caller -> calls.page(caller, HistoryQuery.of(address.getQueryParameters())));
  }

  @GET
  @Cancellable(false)
  @Path("/active")
  @Operation(summary = "The calls under way, with who is in them, newest first")
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
  @Operation(summary = "One call")
  public Uni<CallView> get(@Context HttpHeaders headers, @RestPath String id) {
    return callers.of(headers).chain(caller -> calls.one(caller, id));
  }

  @PATCH
  @Path("/{id}")
  @Consumes({MediaType.APPLICATION_JSON, "application/merge-patch+json"})
  @Cancellable(false)
  @Operation(summary = "Changes what is the owner's to change; metadata is merged")
  public Uni<CallView> patch(@Context HttpHeaders headers, @RestPath String id, byte[] body) {
    return writer(headers).chain(caller -> calls.change(caller, id, Change.of(body)));
  }

  @POST
  @Path("/{id}/end")
  @Cancellable(false)
  @Operation(summary = "Ends a call and closes its room; again is the same")
  public Uni<CallView> end(@Context HttpHeaders headers, @RestPath String id) {
    return writer(headers).chain(caller -> calls.end(caller, id));
  }

  @DELETE
  @Path("/{id}")
  @Cancellable(false)
  @Operation(summary = "Erases a call with everything under it, for ever")
  public Uni<Receipt> erase(@Context HttpHeaders headers, @RestPath String id) {
    return writer(headers).chain(caller -> calls.erase(caller, id));
  }

  private Uni<Caller> writer(HttpHeaders headers) {
    return callers.person(headers).invoke(limits::writes);
  }

  @GET
  @Cancellable(false)
  @Path("/{id}/participants")
  @Operation(summary = "Who took part: one for each connection to the room")
  public Uni<Page<Participant.View>> participants(
      @Context HttpHeaders headers,
      @RestPath String id,
      @RestQuery String limit,
      @RestQuery String cursor) {
    return callers
        .of(headers)
        .chain(caller -> {
          int rows = Parameters.limit(limit);
          return calls.under(caller, id, callId -> Under.participants(callId, cursor, rows));
        });
  }

  @GET
  @Cancellable(false)
  @Path("/{id}/recordings")
  @Operation(summary = "Its recordings, one for each egress")
  public Uni<Page<Recording.View>> recordings(
      @Context HttpHeaders headers,
      @RestPath String id,
      @RestQuery String limit,
      @RestQuery String cursor) {
    return callers
        .of(headers)
        .chain(caller -> {
          int rows = Parameters.limit(limit);
          return calls.under(caller, id, callId -> Under.recordings(callId, cursor, rows));
        });
  }

  @GET
  @Cancellable(false)
  @Path("/{id}/usage")
  @Operation(summary = "What it used of which model")
  public Uni<Page<Usage.View>> usage(
      @Context HttpHeaders headers,
      @RestPath String id,
      @RestQuery String limit,
      @RestQuery String cursor) {
    return callers
        .of(headers)
        .chain(caller -> {
          int rows = Parameters.limit(limit);
          return calls.under(caller, id, callId -> Under.usage(callId, cursor, rows));
        });
  }
}
