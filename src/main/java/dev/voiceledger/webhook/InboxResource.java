package dev.voiceledger.webhook;

import dev.voiceledger.access.Caller;
import dev.voiceledger.access.Callers;
import dev.voiceledger.platform.Page;
import dev.voiceledger.platform.Parameters;
import dev.voiceledger.platform.Problem.Type;
import dev.voiceledger.platform.Times;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.extensions.Extension;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestPath;
import org.jboss.resteasy.reactive.RestQuery;
import org.jboss.resteasy.reactive.server.Cancellable;

/** The raw inbox, for admins and services: what came, what became of it, and once more. */
@Path("/api/v1/webhook-events")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Webhook events")
public class InboxResource {
  private static final Set<String> STATES = Set.of("applied", "ignored", "failed");

  private final Callers callers;
  private final Inbox inbox;

  InboxResource(Callers callers, Inbox inbox) {
    this.callers = callers;
    this.inbox = inbox;
  }

  /**
   * One event as shown: everything but its body.
   *
   * @param error why it was ignored or failed
   */
  @Schema(name = "WebhookEvent")
  public record View(
      String id,
      String provider,
      String event,
      String roomSid,
      UUID callId,
      String state,
      String error,
      String createdAt,
      String receivedAt,
      String appliedAt) {

    static View of(InboxEvent row) {
      return new View(
          row.id,
          row.provider,
          row.event,
          row.roomSid,
          row.callId,
          row.state.name(),
          row.error,
          Times.text(row.createdAt),
          Times.text(row.receivedAt),
          Times.text(row.appliedAt));
    }
  }

  @GET
  @Operation(
      operationId = "listWebhookEvents",
      summary = "Events as they came, newest first",
      extensions = @Extension(name = "x-who", value = "operators"))
  public Uni<Page<View>> list(
      @Context HttpHeaders headers,
      @RestQuery String state,
      @RestQuery String event,
      @RestQuery String limit,
      @RestQuery String cursor,
      @RestQuery("include_total") String includeTotal) {
    return callers
        .operator(headers)
        .chain(caller -> {
          Inbox.Query query =
              new Inbox.Query(state(state), event, Cursor.of(cursor), Parameters.limit(limit));
          return inbox.page(caller, query, Parameters.flag("include_total", includeTotal));
        });
  }

  private static String state(String given) {
    if (given != null && !STATES.contains(given)) {
      throw Type.INVALID_FIELDS.at("state", "one of applied, ignored, failed");
    }
    return given;
  }

  @POST
  @Path("/{id}/replay")
  @Cancellable(false)
  @Operation(
      operationId = "replayWebhookEvent",
      summary = "Applies an event again; nothing happens where its effect is there",
      extensions = {
        @Extension(name = "x-who", value = "operators"),
        @Extension(name = "x-problems", value = "not-found")
      })
  public Uni<View> replay(@Context HttpHeaders headers, @RestPath String id) {
    return callers.operator(headers).chain((Caller caller) -> inbox.replay(caller, id));
  }

  /** Where a page ends: the received_at, provider and id of its last row. */
  record Cursor(Instant receivedAt, String provider, String id) {

    static Cursor of(String given) {
      List<String> keys = Parameters.cursor(given, 3);
      try {
        return keys == null
            ? null
            : new Cursor(Instant.parse(keys.get(0)), keys.get(1), keys.get(2));
      } catch (DateTimeParseException notOurs) {
        throw Parameters.notOurs();
      }
    }

    static String after(InboxEvent last) {
      return Parameters.cursor(last.receivedAt.toString(), last.provider, last.id);
    }
  }
}
