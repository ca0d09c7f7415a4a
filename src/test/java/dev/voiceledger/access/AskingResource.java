package dev.voiceledger.access;

import dev.voiceledger.platform.Database;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;

/** Routes of tests alone: what a resource asks of callers and calls, and nothing besides. */
@Path("/asking")
public class AskingResource {
  private final Callers callers;
  private final CallAccess calls;
  private final Limits limits;
  private final Database database;

  AskingResource(Callers callers, CallAccess calls, Limits limits, Database database) {
    this.callers = callers;
    this.calls = calls;
    this.limits = limits;
    this.database = database;
  }

  /** Which kind of caller. */
  @GET
  @Path("/who")
  public Uni<String> who(@Context HttpHeaders headers) {
    return callers.of(headers).map(AskingResource::kind);
  }

  private static String kind(Caller caller) {
    if (caller.join() != null) {
      return caller.join().agent() ? "agent" : "participant";
    }
    return caller.role() + (caller.admin() ? " admin" : "");
  }

  @GET
  @Path("/person")
  public Uni<String> person(@Context HttpHeaders headers) {
    return callers.person(headers).map(AskingResource::kind);
  }

  @GET
  @Path("/operator")
  public Uni<String> operator(@Context HttpHeaders headers) {
    return callers.operator(headers).map(AskingResource::kind);
  }

  /** The call's id, the role of the work, and how many calls the work sees. */
  @GET
  @Path("/calls/{id}")
  public Uni<String> call(@Context HttpHeaders headers, @PathParam("id") String id) {
    return callers
        .of(headers)
        .chain(caller ->
            calls.in(
                caller,
                id,
                call ->
                    database
                        .ask(
                            "select current_user || ' ' || count(*) from voice_calls", String.class)
                        .map(seen -> call + " " + seen.getFirst())));
  }

  @POST
  @Path("/writes")
  public Uni<String> write(@Context HttpHeaders headers) {
    return callers.of(headers).invoke(limits::writes).map(AskingResource::kind);
  }

  @POST
  @Path("/tokens")
  public Uni<String> token(@Context HttpHeaders headers) {
    return callers.of(headers).invoke(limits::tokens).map(AskingResource::kind);
  }
}
