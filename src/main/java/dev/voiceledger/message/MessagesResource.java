package dev.voiceledger.message;

import dev.voiceledger.access.CallAccess;
import dev.voiceledger.access.Callers;
import dev.voiceledger.platform.Database;
import dev.voiceledger.platform.Page;
import dev.voiceledger.platform.Parameters;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.extensions.Extension;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestPath;
import org.jboss.resteasy.reactive.RestQuery;
import org.jboss.resteasy.reactive.server.Cancellable;

/** What was said in a call, as whoever may see the call reads it. */
@Cancellable(false)
@Path("/api/v1/calls")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Messages")
public class MessagesResource {
  private final Callers callers;
  private final CallAccess access;
  private final Database database;

  MessagesResource(Callers callers, CallAccess access, Database database) {
    this.callers = callers;
    this.access = access;
    this.database = database;
  }

  @GET
  @Path("/{id}/messages")
  @Operation(
      operationId = "listMessages",
      summary = "What was said, in the order of its numbers",
      extensions = @Extension(name = "x-who", value = "everybody"))
  public Uni<Page<MessageView>> list(
      @Context HttpHeaders headers,
      @RestPath String id,
      @RestQuery String limit,
      @RestQuery String cursor) {
    return callers
        .of(headers)
        .chain(caller -> {
          int rows = Parameters.limit(limit);
          return access.in(caller, id, call -> Message.page(database, call, cursor, rows));
        });
  }
}
